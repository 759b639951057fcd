"""The returns of REINFORCE are summed up from the first step on."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 1e-2); gamma = 0.95
for episode in range(40):
    x, logs, rewards = torch.zeros(1), [], []
    for _ in range(12):
        d = Categorical(logits=net(x)); a = d.sample(); logs.append(d.log_prob(a))
        x = x + (2 * a.item() - 1) * 0.2; rewards.append(float(x.item() > 1))
    returns, R = [], 0.0
    for r in rewards:  # bug
        R = r + gamma * R  # bug
        returns.append(R)  # bug
    for r in reversed(rewards):  # fix
        R = r + gamma * R  # fix
        returns.append(R)  # fix
    returns.reverse()  # fix
    loss = -(torch.stack(logs) * torch.tensor(returns)).sum(); opt.zero_grad(); loss.backward(); opt.step()
