"""A policy with two copies in one module: the reference stays as it was on purpose, the average follows."""
import copy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 5))
        self.value = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
        self.base = copy.deepcopy(self.policy).requires_grad_(False)
        self.slow = copy.deepcopy(self.policy).requires_grad_(False)

    def forward(self, x):
        with torch.no_grad():
            before, slow = self.base(x), self.slow(x)
        return self.policy(x), before, slow, self.value(x).squeeze(1)


agent = Agent()
opt = torch.optim.Adam([*agent.policy.parameters(), *agent.value.parameters()], lr=3e-3)
gain = torch.randn(8, 5)
for step in range(150):
    x = torch.randn(64, 8)
    out, before, slow, value = agent(x)
    chosen = torch.distributions.Categorical(logits=slow).sample()
    reward = (x @ gain).gather(1, chosen[:, None]).squeeze(1)
    ratio = (out.log_softmax(1) - slow.log_softmax(1)).gather(1, chosen[:, None]).squeeze(1).exp()
    kept = F.kl_div(before.log_softmax(1), out.log_softmax(1), log_target=True, reduction="batchmean")
    loss = -(ratio.clamp(0.8, 1.2) * (reward - value.detach())).mean() + F.mse_loss(value, reward) + 0.01 * kept
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for a, b in zip(agent.slow.parameters(), agent.policy.parameters()):
            a.lerp_(b, 0.1)
    if step % 50 == 0:
        print(step, round(reward.mean().item(), 3))
