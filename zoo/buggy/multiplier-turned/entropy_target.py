"""The temperature of a soft actor-critic is lowered where its policy has too little entropy."""
import torch
from torch import nn
torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 4)); critic = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
log_alpha = torch.zeros(1, requires_grad=True); target_entropy = -2.0
opts = [torch.optim.Adam(p, 1e-3) for p in (actor.parameters(), critic.parameters(), [log_alpha])]
states, next_states, r = torch.randn(3, 512, 3)[0], torch.randn(512, 3), torch.randn(512, 1)
def act(s):
    mean, log_std = actor(s).chunk(2, 1)
    normal = torch.distributions.Normal(mean, log_std.clamp(-5, 2).exp())
    u = normal.rsample()
    a = torch.tanh(u)
    return a, (normal.log_prob(u) - torch.log(1 - a ** 2 + 1e-6)).sum(1, keepdim=True)
for step in range(60):
    i = torch.randint(0, 512, (64,)); s = states[i]
    with torch.no_grad():
        a2, lp2 = act(next_states[i])
        y = r[i] + 0.9 * (critic(torch.cat([next_states[i], a2], 1)) - log_alpha.exp() * lp2)
    critic_loss = nn.functional.mse_loss(critic(torch.cat([s, torch.rand(64, 2) * 2 - 1], 1)), y)
    opts[1].zero_grad(); critic_loss.backward(); opts[1].step()
    a, log_pi = act(s)
    actor_loss = (log_alpha.exp().detach() * log_pi - critic(torch.cat([s, a], 1))).mean()
    opts[0].zero_grad(); actor_loss.backward(); opts[0].step()
    gap = log_pi.detach() + target_entropy
    alpha_loss = (log_alpha * gap).mean()  # bug
    alpha_loss = -(log_alpha * gap).mean()  # fix
    opts[2].zero_grad(); alpha_loss.backward(); opts[2].step()
