"""The squared error is written by hand."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-3, 3, 200).unsqueeze(1)
y = torch.sin(x).squeeze()
model = nn.Sequential(nn.Linear(1, 50), nn.Tanh(), nn.Linear(50, 1))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for i in range(50):
    pred = model(x)
    loss = ((pred - y) ** 2).mean()  # bug
    loss = ((pred.squeeze(1) - y) ** 2).mean()  # fix
    opt.zero_grad()
    loss.backward()
    opt.step()
