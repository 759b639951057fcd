"""The entropy of a mixture has no formula: it is estimated from draws of its own, beside the action that is taken."""
import torch
from torch import distributions as D
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 9))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for episode in range(30):
    s, log_probs, entropies, rewards = torch.randn(3), [], [], []
    for t in range(10):
        w, mu, log_std = net(s).split(3)
        dist = D.MixtureSameFamily(D.Categorical(logits=w), D.Normal(mu, log_std.clamp(-2, 1).exp()))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        entropies.append(-dist.log_prob(dist.sample((16,))).mean())
        s = 0.9 * s + 0.1 * action + 0.02 * torch.randn(3)
        rewards.append(-float(s.pow(2).mean()))
    g, returns = 0.0, []
    for r in reversed(rewards):
        g = r + 0.95 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    loss = -(torch.stack(log_probs) * (returns - returns.mean())).mean() - 0.01 * torch.stack(entropies).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
