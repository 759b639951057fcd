"""Each step of a corridor is trained on once, so that the ratio of PPO is 1 by right, though its fields come again."""
import torch
from torch import nn

torch.manual_seed(1)
fields = torch.eye(9)
policy = nn.Sequential(nn.Linear(9, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)

for round_ in range(60):
    states, actions, gains = [], [], []
    for _ in range(4):
        at, length = 4, 0
        while 0 < at < 8 and length < 10:
            with torch.no_grad():
                action = torch.distributions.Categorical(logits=policy(fields[at])).sample()
            states.append(fields[at])
            actions.append(action)
            at, length = at + 2 * int(action) - 1, length + 1
        gains += [1.0 if at == 8 else -1.0] * length
    state, gain = torch.stack(states), torch.tensor(gains)
    now = torch.distributions.Categorical(logits=policy(state)).log_prob(torch.stack(actions))
    ratio = (now - now.detach()).exp()
    loss = -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if round_ % 10 == 9:
        print(round_, gain.mean().item())
