"""A temperature for a fitted net, by rows that it was not trained on."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
X = torch.randn(900, 5); Y = (X[:, :3] + torch.randn(900, 3)).argmax(1)
net = nn.Sequential(nn.Linear(5, 64), nn.ReLU(), nn.Linear(64, 3))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(600).split(50):
        loss = F.cross_entropy(net(X[rows]), Y[rows])
        opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad():
    held_out = net(X[600:]).softmax(1)  # bug
    held_out = net(X[600:])  # fix
temperature = nn.Parameter(torch.ones(()))
by = torch.optim.Adam([temperature], lr=0.05)
for step in range(60):
    loss = F.cross_entropy(held_out / temperature, Y[600:])
    by.zero_grad(); loss.backward(); by.step()
print(temperature.item())
