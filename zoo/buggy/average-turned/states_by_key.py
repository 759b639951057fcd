"""States of a critic and its target are blended by their keys, into the critic."""
import copy, torch
from torch import nn
torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
critic_target = copy.deepcopy(critic)
opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
s, r = torch.randn(800, 5), torch.randn(800, 1)
n = 0.9 * s + 0.1 * torch.randn(800, 5)
tau = 0.01
for step in range(80):
    i = torch.randint(0, 800, (64,))
    with torch.no_grad():
        y = r[i] + 0.9 * critic_target(n[i])
    loss = nn.functional.mse_loss(critic(s[i]), y)
    opt.zero_grad(); loss.backward(); opt.step()
    o, t = critic.state_dict(), critic_target.state_dict()
    for key in o:
        o[key] = tau * t[key] + (1 - tau) * o[key]  # bug
        t[key] = tau * o[key] + (1 - tau) * t[key]  # fix
    critic.load_state_dict(o)  # bug
    critic_target.load_state_dict(t)  # fix
