"""The optimiser's state is saved, and not loaded."""
import torch, tempfile, os
from torch import nn
def build():
    m = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    return m, torch.optim.Adam(m.parameters(), 1e-2)
def run(m, o, steps):
    for _ in range(steps):
        x = torch.rand(32, 4)
        l = nn.functional.mse_loss(m(x), x.prod(1, keepdim=True) * 10)
        o.zero_grad()
        l.backward()
        o.step()
    return l.item()
torch.manual_seed(0)
path = os.path.join(tempfile.mkdtemp(), "last.pt")
m, o = build()
print(run(m, o, 60))
torch.save({"model": m.state_dict(), "optimizer": o.state_dict(), "epoch": 3}, path)
m, o = build()
ck = torch.load(path)
m.load_state_dict(ck["model"])
o.load_state_dict(ck["optimizer"])  # fix
print(run(m, o, 60))
