import warnings
import torch
from torch import nn
warnings.simplefilter("ignore")
torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 5, 0.5)
for epoch in range(10):
    sched.step()  # bug
    for i in range(4):
        x = torch.randn(16, 4)
        opt.zero_grad()
        nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
        opt.step()
    sched.step()  # fix
