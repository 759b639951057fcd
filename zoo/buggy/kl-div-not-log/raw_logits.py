"""kl_div straight on logits."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(90, 8)
target = F.softmax(torch.randn(90, 3), dim=1)
for i in range(10):
    out = net(x)
    out = out.log_softmax(1)  # fix
    loss = F.kl_div(out, target, reduction="batchmean")
    opt.zero_grad(); loss.backward(); opt.step()
