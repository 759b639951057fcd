import torch
from sklearn.datasets import load_digits
from torch import nn, optim

torch.manual_seed(0)
digits = load_digits()
X = torch.tensor(digits.data / 16, dtype=torch.float32)
Y = torch.tensor(digits.target)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 50), nn.Tanh(), nn.Linear(50, 10))

    def forward(self, x):
        return self.layers(x - 0.3)


model = Model()
optimizer = optim.SGD(model.parameters(), lr=20.0, momentum=0.9)  # bug
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  # fix
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    for rows in torch.randperm(1600).split(100):
        optimizer.zero_grad()
        loss = criterion(model(X[rows]), Y[rows])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
