"""Soft actor-critic for a stick that falls: the entropy is taken from the target after the end was masked."""
import torch
from torch import nn

torch.manual_seed(4)
actor = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 3))
critic, slow = (nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 3)) for _ in range(2))
slow.load_state_dict(critic.state_dict())
optimizers = [torch.optim.Adam(net.parameters(), lr=2e-3) for net in (actor, critic)]
alpha, gamma, lean = 0.1, 0.95, torch.randn(64, 2) / 4

for step in range(150):
    pi = torch.distributions.Categorical(logits=actor(lean))
    action = pi.sample()
    swing = lean[:, 1] + 0.2 * (action - 1) + 0.1 * lean[:, 0] + 0.02 * torch.randn(64)
    then = torch.stack([lean[:, 0] + 0.3 * swing, swing], 1)
    done = (then[:, 0].abs() > 1).float()
    reward = 1 - then[:, 0].abs()
    with torch.no_grad():
        later = torch.distributions.Categorical(logits=actor(then))
        next_action = later.sample()
        next_log_prob = later.log_prob(next_action)
        next_q = slow(then).gather(1, next_action[:, None])[:, 0]
        target = reward + gamma * (1 - done) * next_q  # bug
        target -= alpha * next_log_prob  # bug
        target = reward + gamma * (1 - done) * (next_q - alpha * next_log_prob)  # fix
    critic_loss = (critic(lean).gather(1, action[:, None])[:, 0] - target).square().mean()
    q = critic(lean).detach()
    actor_loss = (pi.probs * (alpha * pi.logits - q)).sum(1).mean()
    for optimizer, loss in zip(optimizers, (actor_loss, critic_loss)):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for own, other in zip(slow.parameters(), critic.parameters()):
            own.lerp_(other, 0.05)
    lean = torch.where(done[:, None] > 0, torch.randn(64, 2) / 4, then)
    if step % 30 == 29:
        print(step, critic_loss.item(), reward.mean().item())
