# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
for k in range(30):
    x = torch.randn(64, 8); y = x[:, :4].argmax(1); per = nn.functional.cross_entropy(net(x), y, reduction="none")
    keep = per.detach().argsort()[:48]; loss = per[keep].mean(); opt.zero_grad(); loss.backward(); opt.step()
