"""The action of SAC is drawn without a gradient."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(5)
from torch.distributions import Normal
class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 32), nn.ReLU())
        self.mu, self.log_std = nn.Linear(32, 1), nn.Linear(32, 1)
    def forward(self, s):
        h = self.net(s)
        dist = Normal(self.mu(h), self.log_std(h).clamp(-5, 2).exp())
        u = dist.sample()  # bug
        u = dist.rsample()  # fix
        a = torch.tanh(u)
        logp = dist.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)
        return a, logp
def make_q():
    return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
actor, q, q_target = Actor(), make_q(), make_q()
q_target.load_state_dict(q.state_dict())
opt_a = torch.optim.Adam(actor.parameters(), lr=3e-4)
opt_q = torch.optim.Adam(q.parameters(), lr=3e-4)
alpha = 0.2
S = torch.randn(600, 3); A = torch.rand(600, 1) * 2 - 1
R = -(A - S[:, :1].tanh()).pow(2); S2 = torch.randn(600, 3)
for step in range(80):
    i = torch.randint(600, (64,))
    with torch.no_grad():
        a2, lp2 = actor(S2[i])
        y = R[i] + 0.9 * (q_target(torch.cat([S2[i], a2], 1)) - alpha * lp2)
    loss_q = F.mse_loss(q(torch.cat([S[i], A[i]], 1)), y)
    opt_q.zero_grad(); loss_q.backward(); opt_q.step()
    a, lp = actor(S[i])
    loss_a = (alpha * lp - q(torch.cat([S[i], a], 1))).mean()
    opt_a.zero_grad(); loss_a.backward(); opt_a.step()
    with torch.no_grad():
        for pt, p in zip(q_target.parameters(), q.parameters()):
            pt.lerp_(p, 0.01)
