"""A weight decay of ten."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(12)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=10.0)  # bug
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)  # fix
X = torch.randn(600, 8); Y = X[:, :3].argmax(1)
for e in range(8):
    for i in torch.randperm(600).split(30):
        loss = F.cross_entropy(net(X[i]), Y[i]); opt.zero_grad(); loss.backward(); opt.step()
