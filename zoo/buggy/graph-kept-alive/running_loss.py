import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
total_loss = 0
for i in range(30):
    x = torch.randn(20, 5)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    opt.zero_grad(); loss.backward(); opt.step()
    total_loss += loss  # bug
    total_loss += loss.item()  # fix
print(total_loss / 30)
