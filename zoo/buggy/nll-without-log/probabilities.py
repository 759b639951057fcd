"""NLLLoss on probabilities."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
net = nn.Linear(16, 6)
opt = torch.optim.SGD(net.parameters(), lr=0.5)
x, y = torch.randn(200, 16), torch.randint(0, 6, (200,))
for i in range(10):
    opt.zero_grad()
    out = F.softmax(net(x), dim=-1)  # bug
    out = F.log_softmax(net(x), dim=-1)  # fix
    F.nll_loss(out, y).backward()
    opt.step()
