"""Binary cross-entropy by hand; the logarithm of an exact 0."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=5.0)
x = torch.randn(100, 2) * 50
y = (x[:, :1] > 0).float()
for i in range(20):
    p = torch.sigmoid(net(x))
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()  # bug
    loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)  # fix
    opt.zero_grad(); loss.backward(); opt.step()
