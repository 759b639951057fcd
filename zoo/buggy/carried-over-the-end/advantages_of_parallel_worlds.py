"""PPO in small: a sum of advantages over worlds that begin anew by themselves."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(20)
class Chain:
    def __init__(self, n): self.n = n; self.s = torch.zeros(n); self.t = torch.zeros(n)
    def step(self, a):
        self.s = self.s + torch.where(a == 1, 1.0, -1.0) + 0.3 * torch.randn(self.n); self.t += 1
        done = (self.s.abs() > 4) | (self.t > 20)
        r = (self.s > 4).float() - (self.s < -4).float()
        self.s = torch.where(done, torch.zeros(self.n), self.s); self.t = torch.where(done, torch.zeros(self.n), self.t)
        return self.obs(), r, done.float()
    def obs(self): return torch.stack([self.s / 4, self.t / 20], 1)
env = Chain(8)
body = nn.Sequential(nn.Linear(2, 32), nn.Tanh()); pi, vf = nn.Linear(32, 2), nn.Linear(32, 1)
params = [*body.parameters(), *pi.parameters(), *vf.parameters()]
opt = torch.optim.Adam(params, lr=1e-3)
gamma, tau = 0.99, 0.95
obs = env.obs()
for update in range(20):
    S, A, LP, V, R, Dn = [], [], [], [], [], []
    for _ in range(32):
        with torch.no_grad():
            h = body(obs); d = Categorical(logits=pi(h)); a = d.sample()
        S.append(obs); A.append(a); LP.append(d.log_prob(a)); V.append(vf(h).squeeze(1).detach())
        obs, r, done = env.step(a); R.append(r); Dn.append(done)
    with torch.no_grad(): nxt = vf(body(obs)).squeeze(1)
    gae, adv = 0, []
    for value, reward, done in list(zip(V, R, Dn))[::-1]:
        gae = gae * gamma * tau  # bug
        gae = gae * gamma * tau * (1 - done)  # fix
        gae = gae + reward + gamma * nxt * (1 - done) - value
        nxt = value; adv.append(gae)
    adv = torch.cat(adv[::-1]); ret = adv + torch.cat(V)
    S, A, LP = torch.cat(S), torch.cat(A), torch.cat(LP)
    for _ in range(4):
        h = body(S); d = Categorical(logits=pi(h)); ratio = (d.log_prob(A) - LP).exp()
        loss = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean() + 0.5 * (vf(h).squeeze(1) - ret).pow(2).mean() - 0.01 * d.entropy().mean()
        opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(params, 0.5); opt.step()
print(torch.stack(R).mean().item())
