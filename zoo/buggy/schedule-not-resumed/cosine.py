"""The schedule is not in the checkpoint."""
import torch, io
from torch import nn
torch.manual_seed(0)
X = torch.randn(320, 6); Y = torch.sin(X).sum(1, keepdim=True)
def build():
    m = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1)); o = torch.optim.SGD(m.parameters(), lr=.05, momentum=.9)
    return m, o, torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=10)
def run(m, o, s, a, b):
    for ep in range(a, b):
        for i in torch.randperm(320).split(32):
            o.zero_grad(); l = nn.functional.mse_loss(m(X[i]), Y[i]); l.backward(); o.step()
        s.step(); print(ep, l.item(), o.param_groups[0]["lr"])
m, o, s = build(); run(m, o, s, 0, 5)
f = io.BytesIO()
torch.save({"model": m.state_dict(), "opt": o.state_dict(), "epoch": 5}, f); f.seek(0)  # bug
torch.save({"model": m.state_dict(), "opt": o.state_dict(), "sched": s.state_dict(), "epoch": 5}, f); f.seek(0)  # fix
m, o, s = build(); ck = torch.load(f)
m.load_state_dict(ck["model"]); o.load_state_dict(ck["opt"])
s.load_state_dict(ck["sched"])  # fix
run(m, o, s, ck["epoch"], 10)
