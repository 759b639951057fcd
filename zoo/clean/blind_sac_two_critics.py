import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, s):
        mean, log_std = self.net(s).chunk(2, dim=-1)
        std = log_std.clamp(-4, 1).exp()
        raw = mean + std * torch.randn_like(mean)
        a = torch.tanh(raw)
        logp = torch.distributions.Normal(mean, std).log_prob(raw) - torch.log(1 - a ** 2 + 1e-6)
        return a, logp.sum(-1, keepdim=True)


actor = Actor()
q1, q2 = (nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)) for _ in range(2))
critics = nn.ModuleList([q1, q2])
targets = copy.deepcopy(critics).requires_grad_(False)
log_alpha = torch.zeros((), requires_grad=True)
opt_actor = torch.optim.Adam(actor.parameters(), lr=3e-3)
opt_q = torch.optim.Adam(critics.parameters(), lr=3e-3)
opt_alpha = torch.optim.Adam([log_alpha], lr=3e-3)

states = torch.randn(500, 3)        # a memory of 500 moves
actions = torch.rand(500, 1) * 2 - 1
rewards = -(actions - torch.tanh(states[:, :1])) ** 2
following = 0.9 * states + 0.2 * actions

for step in range(40):
    i = torch.randint(0, 500, (64,))
    s, a, r, s2 = states[i], actions[i], rewards[i], following[i]
    with torch.no_grad():
        a2, logp2 = actor(s2)
        both = [t(torch.cat([s2, a2], -1)) for t in targets]
        y = r + 0.95 * (torch.min(*both) - log_alpha.exp() * logp2)
    sa = torch.cat([s, a], -1)
    loss_q = F.mse_loss(q1(sa), y) + F.mse_loss(q2(sa), y)
    opt_q.zero_grad(); loss_q.backward(); opt_q.step()
    critics.requires_grad_(False)
    new, logp = actor(s)
    s_new = torch.cat([s, new], -1)
    loss_pi = (log_alpha.exp().detach() * logp - torch.min(q1(s_new), q2(s_new))).mean()
    opt_actor.zero_grad(); loss_pi.backward(); opt_actor.step()
    critics.requires_grad_(True)
    loss_alpha = -(log_alpha * (logp.detach() - 1.0)).mean()
    opt_alpha.zero_grad(); loss_alpha.backward(); opt_alpha.step()
    with torch.no_grad():
        for p, t in zip(critics.parameters(), targets.parameters()):
            t.lerp_(p, 0.02)
print(loss_q.item(), loss_pi.item(), log_alpha.item())
