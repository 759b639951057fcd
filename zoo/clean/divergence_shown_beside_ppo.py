"""PPO whose divergence from the old policy is computed without gradients, and shown within the loss as a constant."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(1)
taste = torch.randn(5, 3)
policy = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 3))
value = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)
value_optimizer = torch.optim.Adam(value.parameters(), lr=1e-2)
for update in range(20):
    visitors = torch.randn(192, 5)
    with torch.no_grad():
        before = Categorical(logits=policy(visitors))
        shown = before.sample()
        old = before.log_prob(shown)
        reward = (torch.rand(192) < torch.sigmoid((visitors @ taste).gather(1, shown[:, None])[:, 0])).float()
        advantage = reward - value(visitors)[:, 0]
        advantage = (advantage - advantage.mean()) / advantage.std()
    for _ in range(3):
        for rows in torch.randperm(192).split(48):
            new = Categorical(logits=policy(visitors[rows]))
            ratio = (new.log_prob(shown[rows]) - old[rows]).exp()
            gain = torch.min(ratio * advantage[rows], ratio.clamp(0.8, 1.2) * advantage[rows]).mean()
            with torch.no_grad():
                apart = (old[rows] - new.log_prob(shown[rows])).mean() + 0.01
            loss = apart - gain - 0.01 * new.entropy().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            value_loss = (value(visitors[rows])[:, 0] - reward[rows]).square().mean()
            value_optimizer.zero_grad()
            value_loss.backward()
            value_optimizer.step()
    if update % 5 == 0:
        print(update, f"{reward.mean():.3f} clicks, {apart:.3f} apart")
