"""The old log-probabilities are computed anew in every pass over the same states, which are numbers."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
best = torch.randint(0, 4, (5,)); policy = nn.Sequential(nn.Embedding(5, 16), nn.Tanh(), nn.Linear(16, 4)); opt = torch.optim.Adam(policy.parameters(), 1e-2)
for turn in range(12):
    s = torch.randint(0, 5, (128,))
    with torch.no_grad(): d = Categorical(logits=policy(s)); a = d.sample(); old = d.log_prob(a)
    reward = (a == best[s]).float(); advantage = (reward - reward.mean()) / (reward.std() + 1e-6)
    for again in range(4):
        now = Categorical(logits=policy(s)).log_prob(a)
        old = now.detach()  # bug
        ratio = (now - old).exp()
        loss = -torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(reward.mean().item())
