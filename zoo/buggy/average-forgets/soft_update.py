"""The soft update of a target net with tau at the wrong one of the two."""
import torch
from torch import nn
torch.manual_seed(0)
def critic(): return nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
q, target = critic(), critic(); target.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), 1e-3); tau = 0.005
s, a, r = torch.randn(800, 4), torch.rand(800, 1), torch.randn(800, 1); s2, a2 = s + 0.1 * torch.randn(800, 4), torch.rand(800, 1)
for step in range(60):
    i = torch.randint(0, 800, (64,))
    with torch.no_grad(): y = r[i] + 0.9 * target(torch.cat([s2[i], a2[i]], 1))
    loss = nn.functional.mse_loss(q(torch.cat([s[i], a[i]], 1)), y)
    opt.zero_grad(); loss.backward(); opt.step()
    for t, p in zip(target.parameters(), q.parameters()):
        t.data.copy_(tau * t.data + (1 - tau) * p.data)  # bug
        t.data.copy_(tau * p.data + (1 - tau) * t.data)  # fix
