"""Soft actor-critic on stored transitions."""
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(29)
class Actor(nn.Module):
    def __init__(self, s, a):
        super().__init__(); self.fc1 = nn.Linear(s, 32); self.fc2 = nn.Linear(32, 32); self.mu_head = nn.Linear(32, a); self.log_std_head = nn.Linear(32, a)
    def forward(self, x):
        x = F.relu(self.fc1(x)); x = F.relu(self.fc2(x))
        mu = self.mu_head(x)
        log_std = F.relu(self.log_std_head(x))  # bug
        log_std = self.log_std_head(x)  # fix
        return mu, log_std.clamp(-20, 2)
class SAC:
    def __init__(self):
        self.actor = Actor(3, 1); self.q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)); self.qt = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)); self.qt.load_state_dict(self.q.state_dict())
        self.oa = torch.optim.Adam(self.actor.parameters(), lr=1e-3); self.oq = torch.optim.Adam(self.q.parameters(), lr=1e-3); self.alpha = 0.1
    def sample(self, s):
        mu, ls = self.actor(s); d = torch.distributions.Normal(mu, ls.exp()); u = d.rsample(); a = u.tanh()
        return a, (d.log_prob(u) - torch.log(1 - a ** 2 + 1e-6)).sum(1, keepdim=True)
    def learn(self, s, a, r, s2):
        with torch.no_grad():
            a2, lp = self.sample(s2); y = r + 0.9 * (self.qt(torch.cat([s2, a2], 1)) - self.alpha * lp)
        lq = F.mse_loss(self.q(torch.cat([s, a], 1)), y); self.oq.zero_grad(); lq.backward(); self.oq.step()
        a, lp = self.sample(s); la = (self.alpha * lp - self.q(torch.cat([s, a], 1))).mean(); self.oa.zero_grad(); la.backward(); self.oa.step()
        for p, t in zip(self.q.parameters(), self.qt.parameters()): t.data.copy_(0.99 * t.data + 0.01 * p.data)
        return la.item()
agent = SAC()
S = torch.randn(1500, 3); A = torch.rand(1500, 1) * 2 - 1; R = -(A - 0.5 * S[:, :1].tanh()).pow(2); S2 = 0.7 * S + 0.4 * torch.randn_like(S)
for it in range(130):
    i = torch.randint(1500, (64,)); last = agent.learn(S[i], A[i], R[i], S2[i])
print(last)
