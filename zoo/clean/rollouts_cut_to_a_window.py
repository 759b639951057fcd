"""Log-probabilities of the last two rollouts are kept on purpose; expert actions are collected over all rounds."""
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam(policy.parameters(), lr=1e-3)
expert_states, expert_actions, states, actions, logps, rewards = [], [], [], [], [], []
for update in range(8):
    s = torch.randn(4)
    for t in range(32):
        with torch.no_grad():
            d = torch.distributions.Categorical(logits=policy(s))
            a = d.sample()
            logps.append(d.log_prob(a))
        states.append(s)
        actions.append(a)
        expert_states.append(s)
        expert_actions.append((s.sum() < 0).long())
        s = s + 0.2 * (a - 0.5) + 0.05 * torch.randn(4)
        rewards.append(-float(s.abs().sum()))
    states, actions, logps, rewards = states[-64:], actions[-64:], logps[-64:], rewards[-64:]
    adv = torch.tensor(rewards)
    adv = (adv - adv.mean()) / adv.std()
    d = torch.distributions.Categorical(logits=policy(torch.stack(states)))
    ratio = (d.log_prob(torch.stack(actions)) - torch.stack(logps)).exp()
    loss = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
    loss = loss + nn.functional.cross_entropy(policy(torch.stack(expert_states)), torch.stack(expert_actions))
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
