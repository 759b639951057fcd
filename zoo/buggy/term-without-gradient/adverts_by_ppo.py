"""Which of four adverts a visitor clicks on: a policy and a value by PPO, over one-step episodes."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(3)
VISITOR, ADVERTS = 6, 4
taste = torch.randn(VISITOR, ADVERTS)
policy = nn.Sequential(nn.Linear(VISITOR, 32), nn.Tanh(), nn.Linear(32, ADVERTS))
value = nn.Sequential(nn.Linear(VISITOR, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=3e-3)


def clicks(visitors, shown):
    liked = (visitors @ taste).gather(1, shown[:, None])[:, 0]
    return (torch.rand(len(visitors)) < torch.sigmoid(liked)).float()


for update in range(25):
    visitors = torch.randn(256, VISITOR)
    with torch.no_grad():
        chosen_by = Categorical(logits=policy(visitors))
        shown = chosen_by.sample()
        old = chosen_by.log_prob(shown)
        reward = clicks(visitors, shown)
        advantage = reward - value(visitors)[:, 0]
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-6)
    for _ in range(4):
        for rows in torch.randperm(256).split(64):
            new = Categorical(logits=policy(visitors[rows]))
            ratio = torch.exp(new.log_prob(shown[rows]).detach() - old[rows])  # bug
            ratio = torch.exp(new.log_prob(shown[rows]) - old[rows])  # fix
            gain = torch.min(ratio * advantage[rows], ratio.clamp(0.8, 1.2) * advantage[rows]).mean()
            miss = (value(visitors[rows])[:, 0] - reward[rows]).square().mean()
            loss = 0.5 * miss - gain - 0.01 * new.entropy().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    if update % 6 == 0:
        print(update, f"{reward.mean():.3f} clicks a visitor")
