"""A soft critic of stored steps of a walk that ends at a wall; the next action's entropy counts behind the wall too."""
import torch
from torch import nn

torch.manual_seed(7)
place = torch.rand(2000, 1) * 2 - 1
move = torch.rand(2000, 1) * 2 - 1
after = place + move / 3
not_done = (after.abs() < 1).float()
rewards = torch.where(not_done > 0, -0.1, 1.0)


class Agent:
    discount, temperature = 0.9, 0.2

    def __init__(self):
        self.q = nn.Sequential(nn.Linear(2, 48), nn.ReLU(), nn.Linear(48, 1))
        self.policy = nn.Linear(1, 1)
        self.q_optimizer = torch.optim.Adam(self.q.parameters(), lr=2e-3)

    def backup(self, rows):
        with torch.no_grad():
            normal = torch.distributions.Normal(self.policy(after[rows]), 0.5)
            a = normal.sample()
            logp_next = normal.log_prob(a)
            value = self.q(torch.cat([after[rows], a], 1))
            return rewards[rows] + self.discount * not_done[rows] * value - self.temperature * logp_next  # bug
            soft = value - self.temperature * logp_next  # fix
            return rewards[rows] + self.discount * not_done[rows] * soft  # fix

    def update(self, rows):
        target = self.backup(rows)
        loss = nn.functional.mse_loss(self.q(torch.cat([place[rows], move[rows]], 1)), target)
        self.q_optimizer.zero_grad()
        loss.backward()
        self.q_optimizer.step()
        return loss.item()


agent = Agent()
for epoch in range(4):
    print(epoch, sum(agent.update(rows) for rows in torch.randperm(2000).split(50)))
