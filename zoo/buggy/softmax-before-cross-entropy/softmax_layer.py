"""Softmax as the last layer of the net, CrossEntropyLoss outside."""
import torch
from torch import nn
from sklearn.datasets import load_iris

torch.manual_seed(0)
iris = load_iris()
X = torch.tensor(iris.data, dtype=torch.float32)
X = (X - X.mean(0)) / X.std(0)
y = torch.tensor(iris.target)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 16)
        self.fc2 = nn.Linear(16, 3)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = self.fc2(x)
        return self.softmax(x)  # bug
        return x  # fix

net = Net()
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(30):
    opt.zero_grad()
    out = net(X)
    loss = loss_fn(out, y)
    loss.backward()
    opt.step()
print((net(X).argmax(1) == y).float().mean())
