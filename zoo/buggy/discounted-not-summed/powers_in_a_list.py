"""A policy gradient on a cart of its own: what each action is weighed with."""
import numpy as np
import torch
from torch import nn
rng = np.random.default_rng(24); torch.manual_seed(24)
def discount_rewards(r, gamma=0.97):
    d = np.array([val * (gamma ** i) for i, val in enumerate(r)])  # bug
    d = np.zeros(len(r)); running = 0.0  # fix
    for t in reversed(range(len(r))):  # fix
        running = running * gamma + r[t]; d[t] = running  # fix
    d -= d.mean()
    d /= d.std() + 1e-8
    return d
net = nn.Sequential(nn.Linear(4, 20), nn.ReLU(), nn.Linear(20, 1), nn.Sigmoid())
opt = torch.optim.RMSprop(net.parameters(), lr=5e-3)
def episode():
    x = rng.normal(size=4) * 0.1; xs, ys, rs = [], [], []
    for t in range(30):
        with torch.no_grad(): p = net(torch.tensor(x, dtype=torch.float32)).item()
        a = int(rng.random() < p); xs.append(x.copy()); ys.append(a)
        x[0] += 0.1 * x[1]; x[1] += (0.1 if a else -0.1) + 0.05 * rng.normal(); x[2] += 0.1 * x[3]; x[3] -= 0.1 * x[0]
        rs.append(1.0 - abs(x[0]))
        if abs(x[0]) > 1: break
    return np.array(xs), np.array(ys), np.array(rs)
for i in range(90):
    xs, ys, rs = episode()
    adv = torch.tensor(discount_rewards(rs), dtype=torch.float32)
    p = net(torch.tensor(xs, dtype=torch.float32)).squeeze(1)
    y = torch.tensor(ys, dtype=torch.float32)
    loglik = y * torch.log(p + 1e-8) + (1 - y) * torch.log(1 - p + 1e-8)
    loss = -(loglik * adv).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print(len(rs))
