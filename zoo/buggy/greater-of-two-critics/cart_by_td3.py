"""Twin critics with targets learn a cart's way to the middle from transitions that were recorded at random."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
GAMMA, TAU = 0.95, 0.01


def mlp(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 32), nn.ReLU(), nn.Linear(32, outputs))


state = torch.rand(2000, 2) * 2 - 1
action = torch.rand(2000, 1) * 2 - 1
speed = (state[:, 1:] + 0.3 * action).clamp(-1, 1)
following = torch.cat([(state[:, :1] + 0.2 * speed).clamp(-1, 1), speed], dim=1)
reward = -following[:, :1].abs()

actor, critic1, critic2 = mlp(2, 1), mlp(3, 1), mlp(3, 1)
actor_target, critic1_target, critic2_target = map(copy.deepcopy, (actor, critic1, critic2))
critic_optimiser = torch.optim.Adam([*critic1.parameters(), *critic2.parameters()], lr=1e-3)
actor_optimiser = torch.optim.Adam(actor.parameters(), lr=1e-3)


def update(step):
    at = torch.randint(0, len(state), (64,))
    s, a, r, s2 = state[at], action[at], reward[at], following[at]
    with torch.no_grad():
        noise = (0.2 * torch.randn_like(a)).clamp(-0.5, 0.5)
        a2 = (actor_target(s2).tanh() + noise).clamp(-1, 1)
        pair = torch.cat([s2, a2], dim=1)
        q1, q2 = critic1_target(pair), critic2_target(pair)
        target = r + GAMMA * torch.max(q1, q2)  # bug
        target = r + GAMMA * torch.min(q1, q2)  # fix
    now = torch.cat([s, a], dim=1)
    loss = nn.functional.mse_loss(critic1(now), target) + nn.functional.mse_loss(critic2(now), target)
    critic_optimiser.zero_grad()
    loss.backward()
    critic_optimiser.step()
    if step % 2 == 0:
        actor_loss = -critic1(torch.cat([s, actor(s).tanh()], dim=1)).mean()
        actor_optimiser.zero_grad()
        actor_loss.backward()
        actor_optimiser.step()
        for net, slow in ((actor, actor_target), (critic1, critic1_target), (critic2, critic2_target)):
            for p, q in zip(net.parameters(), slow.parameters(), strict=True):
                q.data.lerp_(p.data, TAU)
    return loss.item()


for step in range(300):
    loss = update(step)
    if step % 100 == 99:
        print(step, round(loss, 4))
