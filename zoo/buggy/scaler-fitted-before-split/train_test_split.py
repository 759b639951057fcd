"""The usual order, the wrong way round."""
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from torch import nn

torch.manual_seed(0)
x, y = load_breast_cancer(return_X_y=True)
x = MinMaxScaler().fit_transform(x)  # bug
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0)
scaler = MinMaxScaler().fit(x_train)  # fix
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)  # fix
x_train, x_test, y_train, y_test = (torch.tensor(part) for part in (x_train, x_test, y_train, y_test))
net = nn.Sequential(nn.Linear(30, 8), nn.ReLU(), nn.Linear(8, 2)).double()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    for part in torch.randperm(len(x_train)).split(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x_train[part]), y_train[part]).backward()
        optimizer.step()
with torch.no_grad():
    print((net(x_test).argmax(1) == y_test).double().mean().item())
