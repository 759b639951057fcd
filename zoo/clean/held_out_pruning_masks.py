# held out
import torch
from torch import nn
from torch.nn.utils import prune, parametrizations
torch.manual_seed(0)
net = nn.Sequential(parametrizations.spectral_norm(nn.Linear(8, 32)), nn.ReLU(), nn.Linear(32, 3)); prune.l1_unstructured(net[2], "weight", 0.5); opt = torch.optim.Adam(net.parameters(), 1e-2)
for k in range(25):
    x = torch.randn(32, 8); y = x[:, :3].argmax(1); opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
