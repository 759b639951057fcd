"""PPO in the notation of losses: the greater of the plain and the clipped one."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(9)
actor = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(actor.parameters(), lr=2e-3)
worth = torch.randn(5, 3)
for update in range(20):
    with torch.no_grad():
        obs = torch.randn(128, 5)
        before = Categorical(logits=actor(obs))
        act = before.sample()
        old = before.log_prob(act)
        gain = (obs @ worth).gather(1, act[:, None]).squeeze(1)
        gain = (gain - gain.mean()) / (gain.std() + 1e-8)
    for _ in range(4):
        r = (Categorical(logits=actor(obs)).log_prob(act) - old).exp()
        pg_loss1 = -gain * r
        pg_loss2 = -(gain * torch.clamp(r, 0.8, 1.2)).mean()  # bug
        pg_loss2 = -gain * torch.clamp(r, 0.8, 1.2)  # fix
        loss = torch.maximum(pg_loss1, pg_loss2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if update % 5 == 0:
        print(update, loss.item())
