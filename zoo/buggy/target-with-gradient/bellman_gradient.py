import torch
from torch import nn
torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(40):
    s, s2 = torch.randn(32, 4), torch.randn(32, 4)
    a = torch.randint(0, 2, (32, 1))
    r, done = s[:, 0], (torch.rand(32) < 0.1).float()
    now = q(s).gather(1, a).squeeze(1)
    target = r + 0.99 * q(s2).max(1)[0] * (1 - done)
    target = target.detach()  # fix
    loss = nn.functional.smooth_l1_loss(now, target)
    opt.zero_grad()
    loss.backward()
    opt.step()
