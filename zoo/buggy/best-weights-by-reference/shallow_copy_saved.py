"""A shallow copy inside a checkpoint dict, saved at the end."""
import io
import torch
from torch import nn
torch.manual_seed(0)
def run():
    net = nn.Linear(6, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.05)
    x = torch.randn(100, 6); y = x.sum(1, keepdim=True)
    ckpt = {}
    for e in range(12):
        loss = nn.functional.mse_loss(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
        if e == 5:
            ckpt = {"epoch": e, "model": dict(net.state_dict())}  # bug
            ckpt = {"epoch": e, "model": {k: v.clone() for k, v in net.state_dict().items()}}  # fix
    torch.save(ckpt, io.BytesIO())
run()
