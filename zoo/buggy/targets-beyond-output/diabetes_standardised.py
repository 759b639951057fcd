"""A ReLU ends the net, and the targets are standardised."""
import torch
from torch import nn
from sklearn.datasets import load_diabetes
x, y = load_diabetes(return_X_y=True)
y = (y - y.mean()) / y.std()
x, y = torch.tensor(x, dtype=torch.float32) * 20, torch.tensor(y, dtype=torch.float32).unsqueeze(1)
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.ReLU())  # bug
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))  # fix
opt = torch.optim.Adam(net.parameters(), 3e-3)
for ep in range(8):
    for b in torch.randperm(len(x)).split(34):
        loss = nn.functional.mse_loss(net(x[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(ep, loss.item())
