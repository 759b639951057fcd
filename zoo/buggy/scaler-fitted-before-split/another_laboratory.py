"""A net is fitted to the samples of one laboratory and asked about those of a second one."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler
torch.manual_seed(0)
X, y = make_classification(500, 12, n_informative=6, random_state=0)
first, second = slice(0, 350), slice(350, 500)
scaler = StandardScaler()
x_first = torch.tensor(scaler.fit_transform(X[first])).float()
x_second = torch.tensor(scaler.fit_transform(X[second])).float()  # bug
x_second = torch.tensor(scaler.transform(X[second])).float()  # fix
labels, asked = torch.tensor(y[first]), torch.tensor(y[second])
net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    net.train()
    for rows in torch.randperm(350).split(35):
        loss = F.cross_entropy(net(x_first[rows]), labels[rows])
        opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad():
    said = net(x_second).argmax(1)
print((said == asked).float().mean().item())
