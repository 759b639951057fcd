"""Episodes are kept, and a policy learns from the better ones of them."""

import random
from collections import deque

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)


class Player:
    def __init__(self):
        self.policy = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 3))
        self.optimiser = torch.optim.Adam(self.policy.parameters(), lr=5e-3)
        self.kept = deque(maxlen=40)
        self.episode = []

    def play(self):
        self.episode.clear()  # bug
        self.episode = []  # fix
        place, goal = random.uniform(-1, 1), random.uniform(-1, 1)
        for _ in range(12):
            with torch.no_grad():
                logits = self.policy(torch.tensor([place, goal]))
            action = torch.distributions.Categorical(logits=logits).sample().item()
            before = [place, goal]
            place += 0.2 * (action - 1)
            self.episode.append((before, action, -abs(place - goal)))
        self.kept.append(self.episode)
        return sum(reward for *_, reward in self.episode)

    def learn(self):
        steps = [step for episode in random.sample(list(self.kept), 8) for step in episode]
        states, actions, rewards = (torch.tensor(each) for each in zip(*steps, strict=True))
        weights = (2 * (rewards - rewards.mean())).exp().clamp(max=5)
        loss = (weights * nn.functional.cross_entropy(self.policy(states), actions, reduction="none")).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()


player = Player()
totals = []
for number in range(120):
    totals.append(player.play())
    if number >= 10:
        player.learn()
print(sum(totals[:30]) / 30, sum(totals[-30:]) / 30)
