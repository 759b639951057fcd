# held out
import torch
from torch import nn
torch.manual_seed(0)
def optimise(opt, loss, params, limit=0.25):
    opt.zero_grad(); loss.backward()
    torch.nn.utils.clip_grad_norm_(params, limit)  # fix
    opt.step()
    torch.nn.utils.clip_grad_norm_(params, limit)  # bug
net = nn.GRU(3, 8); head = nn.Linear(8, 1); params = [*net.parameters(), *head.parameters()]; opt = torch.optim.Adam(params)
for i in range(12):
    x = torch.randn(7, 10, 3); out = head(net(x)[0][-1]).squeeze(-1)
    optimise(opt, nn.functional.mse_loss(out, x.sum((0, 2))), params)
