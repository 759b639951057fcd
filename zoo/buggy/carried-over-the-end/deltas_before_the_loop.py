"""Advantages of a rollout over several episodes; the temporal differences are computed at once."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(7)
torch.manual_seed(7)
net = nn.ModuleDict({"policy": nn.Linear(2, 2), "value": nn.Linear(2, 1)})
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
gamma, lam = 0.97, 0.9


def advantages(rewards, values, ends):
    following = np.append(values[1:], 0.0)
    deltas = rewards + gamma * following * (1.0 - ends) - values
    result, carry = np.zeros_like(deltas), 0.0
    for t in range(len(deltas) - 1, -1, -1):
        carry = deltas[t] + gamma * lam * carry  # bug
        carry = deltas[t] + gamma * lam * (1.0 - ends[t]) * carry  # fix
        result[t] = carry
    return result


place = 0.0
for update in range(60):
    seen, done_actions, rewards, terminals = [], [], [], []
    for _ in range(40):
        state = torch.tensor([place, 1.0], dtype=torch.float32)
        with torch.no_grad():
            action = torch.distributions.Categorical(logits=net["policy"](state)).sample().item()
        place += (1 if action else -1) * 0.3 + 0.1 * rng.normal()
        over = abs(place) > 1
        seen.append(state); done_actions.append(action); rewards.append(float(place > 1)); terminals.append(float(over))
        place = 0.0 if over else place
    s, a = torch.stack(seen), torch.tensor(done_actions)
    v = net["value"](s).squeeze(1)
    adv = torch.tensor(advantages(np.array(rewards), v.detach().numpy(), np.array(terminals)), dtype=torch.float32)
    logp = net["policy"](s).log_softmax(1)[torch.arange(40), a]
    loss = -(logp * adv).mean() + 0.5 * (v - (adv + v.detach())).square().mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()
print(sum(rewards))
