"""A policy's actions by hand: one draw for the whole batch of states."""
import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
trunk, to_mean, to_spread = nn.Sequential(nn.Linear(5, 32), nn.ReLU()), nn.Linear(32, 3), nn.Linear(32, 3)
value = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
params = [*trunk.parameters(), *to_mean.parameters(), *to_spread.parameters()]
policy_optimizer, value_optimizer = torch.optim.Adam(params, 1e-3), torch.optim.Adam(value.parameters(), 1e-3)
for step in range(50):
    state, action = torch.randn(48, 5), torch.rand(48, 3) * 2 - 1
    reward = -(action - state[:, :3].tanh()).square().sum(1, keepdim=True)
    value_loss = F.mse_loss(value(torch.cat([state, action], 1)), reward)
    value_optimizer.zero_grad(); value_loss.backward(); value_optimizer.step()
    h = trunk(state)
    noise = torch.randn(1, 3)  # bug
    noise = torch.randn(48, 3)  # fix
    drawn = torch.tanh(to_mean(h) + F.softplus(to_spread(h)) * noise)
    policy_loss = -value(torch.cat([state, drawn], 1)).mean()
    policy_optimizer.zero_grad(); policy_loss.backward(); policy_optimizer.step()
