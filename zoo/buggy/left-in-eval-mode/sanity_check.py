"""A sanity check of the validation before the first step leaves the net in eval mode (level: warning)."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(400, 10); y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
def check():
    net.eval()
    with torch.no_grad(): return (net(x[300:]).argmax(1) == y[300:]).float().mean().item()
net.train()
print(check())
net.train()  # fix
for step in range(60):
    i = torch.randint(0, 300, (50,)); loss = nn.functional.cross_entropy(net(x[i]), y[i])
    opt.zero_grad(); loss.backward(); opt.step()
