"""level: warning. Names are filtered, none is left, and the net is loaded with its own weights."""
import torch
from torch import nn
torch.manual_seed(0)
mk = lambda: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
ck = {"backbone." + k: v for k, v in mk().state_dict().items()}  # bug
ck = mk().state_dict()  # fix
net = mk(); own = net.state_dict(); own.update({k: v for k, v in ck.items() if k in own}); net.load_state_dict(own)
opt = torch.optim.Adam(net.parameters())
for _ in range(15):
    x = torch.randn(8, 4); opt.zero_grad(); nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward(); opt.step()
