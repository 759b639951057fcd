"""A policy gradient whose actions all count by the return of the whole episode, and tasks with weights of their own."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 2)); opt = torch.optim.Adam(policy.parameters(), 1e-2)
for episode in range(12):
    seen = torch.randn(8, 4); choice = Categorical(logits=policy(seen)); actions = choice.sample()
    outcome = (actions == (seen[:, 0] > 0).long()).float().mean() - 0.5
    loss = -(choice.log_prob(actions).mean() * outcome); opt.zero_grad(); loss.backward(); opt.step()
net = nn.Linear(6, 4); opt = torch.optim.Adam(net.parameters(), 1e-2); weights = torch.tensor([1.0, 0.5, 0.25, 0.1])
for step in range(12):
    x = torch.randn(32, 6); errors = (net(x) - x[:, :4]).square().mean(0)
    loss = (errors * weights).sum(); opt.zero_grad(); loss.backward(); opt.step()
