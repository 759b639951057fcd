import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
class Grid:
    def __init__(self, n): self.n, self.s = n, torch.randint(0, 16, (n,))
    def obs(self): return nn.functional.one_hot(self.s, 16).float()
    def step(self, a):
        self.s = (self.s + torch.where(a == 0, 1, -1)) % 16
        return (self.s == 3).float()
env = Grid(32)
policy = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 2)); value = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=3e-3)
for it in range(15):
    S, A, R, V, L = [], [], [], [], []
    for t in range(8):
        s = env.obs()
        with torch.no_grad():
            d = Categorical(logits=policy(s)); a = d.sample(); S.append(s); A.append(a); L.append(d.log_prob(a)); V.append(value(s).squeeze(1))
        R.append(env.step(a))
    G, out = torch.zeros(32), []
    for r in reversed(R): G = r + 0.9 * G; out.append(G)
    G = torch.cat(out[::-1]); S, A, L, V = map(torch.cat, (S, A, L, V))
    adv = G - V
    for e in range(3):
        for idx in torch.randperm(len(S)).split(64):
            d = Categorical(logits=policy(S[idx]))
            ratio = (d.log_prob(A[idx]) - L[idx]).exp()
            loss = -torch.min(ratio * adv[idx], ratio.clamp(0.8, 1.2) * adv[idx]).mean() + nn.functional.mse_loss(value(S[idx]).squeeze(1), G[idx])
            opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(policy.parameters(), 0.5); opt.step()
