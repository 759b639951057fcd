"""Two target nets follow by loading sums, after the steps of two optimisers."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
slow_actor, slow_critic = copy.deepcopy(actor), copy.deepcopy(critic)
actor_opt, critic_opt = torch.optim.Adam(actor.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3)
tau = 0.05
for step in range(40):
    s, s2 = torch.randn(24, 3), torch.randn(24, 3)
    a = actor(s).detach() + 0.1 * torch.randn(24, 1)
    with torch.no_grad():
        y = s[:, :1] * a + 0.9 * slow_critic(torch.cat([s2, slow_actor(s2)], 1))
    critic_loss = F.mse_loss(critic(torch.cat([s, a], 1)), y)
    critic_opt.zero_grad()
    critic_loss.backward()
    critic_opt.step()
    actor_loss = -critic(torch.cat([s, actor(s)], 1)).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    actor_opt.step()
    for slow, fast in ((slow_actor, actor), (slow_critic, critic)):
        new, old = fast.state_dict(), slow.state_dict()
        slow.load_state_dict({name: (1 - tau) * new[name] + tau * old[name] for name in new})  # bug
        slow.load_state_dict({name: tau * new[name] + (1 - tau) * old[name] for name in new})  # fix
