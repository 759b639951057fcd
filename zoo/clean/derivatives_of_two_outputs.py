"""First derivatives of two outputs, second ones by a helper with an order, a slow net that another method asks, and a preference loss with a reference."""
import copy

import torch
from torch import nn

torch.manual_seed(0)


def derivative(y, x, order=1):
    for _ in range(order):
        y = torch.autograd.grad(y.sum(), x, create_graph=True)[0]
    return y


field = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(field.parameters(), lr=2e-3)
for step in range(40):
    x = torch.rand(48, 1, requires_grad=True)
    u, v = field(x).split(1, dim=1)
    u_x, v_x = derivative(u, x), derivative(v, x)
    u_xx = derivative(u, x, 2)
    v_xx = derivative(v_x, x)
    loss = (u_xx + u).square().mean() + (v_xx - v).square().mean() + (u_x - v_x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


class Agent:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 3))
        self.target_net = copy.deepcopy(self.net)

    def aim(self, state):
        return self.target_net(state).max(1).values

    def follow(self):
        self.target_net.load_state_dict(self.net.state_dict())


agent = Agent()
optimizer = torch.optim.Adam(agent.net.parameters(), lr=2e-3)
for step in range(40):
    state, action, following = torch.randn(32, 4), torch.randint(0, 3, (32, 1)), torch.randn(32, 4)
    with torch.no_grad():
        y = -state.abs().sum(1) + 0.9 * agent.aim(following)
    loss = (agent.net(state).gather(1, action)[:, 0] - y).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        agent.follow()

policy = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 6))
reference = copy.deepcopy(policy).requires_grad_(False)
optimizer = torch.optim.Adam(policy.parameters(), lr=2e-3)
for step in range(40):
    prompt = torch.randn(32, 5)
    better, worse = prompt[:, :3].argmax(1, keepdim=True), prompt[:, :3].argmin(1, keepdim=True)
    with torch.no_grad():
        before = reference(prompt).log_softmax(1)
    now = policy(prompt).log_softmax(1)
    margin = (now - before).gather(1, better) - (now - before).gather(1, worse)
    loss = -nn.functional.logsigmoid(0.5 * margin).mean() + 0.1 * (now - before).gather(1, better).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
