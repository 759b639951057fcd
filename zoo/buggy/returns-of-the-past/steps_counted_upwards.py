"""An actor-critic's returns: the loop goes from the first step on."""
import torch
from torch import nn
torch.manual_seed(0)
body, pi, v = nn.Sequential(nn.Linear(4, 32), nn.ReLU()), nn.Linear(32, 2), nn.Linear(32, 1); opt = torch.optim.RMSprop([*body.parameters(), *pi.parameters(), *v.parameters()], 7e-4); state = torch.randn(8, 4); gamma = 0.9
for update in range(25):
    log_probs, values, rewards = [], [], []
    for t in range(5):
        h = body(state); dist = torch.distributions.Categorical(logits=pi(h)); action = dist.sample()
        log_probs.append(dist.log_prob(action)); values.append(v(h).squeeze(1)); rewards.append((action == (state[:, 0] > 0)).float()); state = torch.randn(8, 4)
    with torch.no_grad(): R = v(body(state)).squeeze(1)
    loss = 0
    for t in range(5):  # bug
    for t in reversed(range(5)):  # fix
        R = rewards[t] + gamma * R; advantage = R - values[t]
        loss = loss - (log_probs[t] * advantage.detach()).mean() + 0.5 * advantage.pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
