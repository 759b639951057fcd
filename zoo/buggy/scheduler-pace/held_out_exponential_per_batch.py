# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(5, 1); opt = torch.optim.Adam(net.parameters(), 1e-2); sch = torch.optim.lr_scheduler.ExponentialLR(opt, 0.5)
for epoch in range(10):
    for b in range(12):
        x = torch.randn(16, 5); loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)); opt.zero_grad(); loss.backward(); opt.step()
        sch.step()  # bug
    sch.step()  # fix
