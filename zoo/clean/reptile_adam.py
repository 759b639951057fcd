"""Reptile: an optimiser for each task, and weights that are set back between them."""
import torch, copy
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
for task in range(8):
    before = copy.deepcopy(net.state_dict()); opt = torch.optim.Adam(net.parameters(), 1e-2); ph = torch.rand(1) * 3
    for _ in range(5):
        x = torch.rand(16, 1) * 6; opt.zero_grad(); nn.functional.mse_loss(net(x), torch.sin(x + ph)).backward(); opt.step()
    after = net.state_dict(); net.load_state_dict({k: before[k] + .2 * (after[k] - before[k]) for k in before})
