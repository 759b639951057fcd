"""A target net is to begin as a copy, by tau=1.0, and the update computes with self.tau whatever it is given."""
import torch
from torch import nn

torch.manual_seed(0)


class Learner:
    def __init__(self, tau=0.02):
        self.tau = tau
        self.online = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        self.target = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        self.optimizer = torch.optim.Adam(self.online.parameters(), lr=3e-3)
        self.follow(1.0)

    def follow(self, tau=None):
        if tau is None:
            tau = self.tau
        with torch.no_grad():
            for slow, fast in zip(self.target.parameters(), self.online.parameters()):
                slow.copy_((1 - self.tau) * slow + self.tau * fast)  # bug
                slow.copy_((1 - tau) * slow + tau * fast)  # fix

    def learn(self, states, rewards, following):
        with torch.no_grad():
            wanted = rewards + 0.8 * self.target(following)
        loss = nn.functional.mse_loss(self.online(states), wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.follow()
        return loss.item()


learner = Learner()
for step in range(200):
    states = torch.randn(64, 3)
    following = 0.9 * states + 0.1 * torch.randn(64, 3)
    loss = learner.learn(states, states[:, :1].sin(), following)
    if step % 40 == 0:
        print(step, f"{loss:.4f}")
