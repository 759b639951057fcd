import torch
from torch import nn
torch.manual_seed(0)
layers = [nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 4)]
layers.append(nn.Tanh())  # bug
model = nn.Sequential(*layers)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(10):
    xb = torch.randn(32, 12); yb = torch.randint(0, 4, (32,))
    opt.zero_grad()
    nn.CrossEntropyLoss()(model(xb), yb).backward()
    opt.step()
