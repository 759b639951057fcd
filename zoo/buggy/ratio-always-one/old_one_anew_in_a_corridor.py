"""Steps of a corridor of nine fields are trained on four times; the old log-probability is asked of the policy of now."""
import torch
from torch import nn

torch.manual_seed(1)
fields = torch.eye(9)
policy = nn.Sequential(nn.Linear(9, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)


def log_prob(state, action):
    return policy(state).log_softmax(-1).gather(-1, action[..., None])[..., 0]


for round_ in range(10):
    states, actions, kept, gains = [], [], [], []
    for _ in range(12):
        at, path = 4, []
        while 0 < at < 8 and len(path) < 10:
            with torch.no_grad():
                action = torch.distributions.Categorical(logits=policy(fields[at])).sample()
                kept.append(log_prob(fields[at], action))
            states.append(fields[at])
            actions.append(action)
            path.append(len(path))
            at += 2 * int(action) - 1
        gains += [1.0 if at == 8 else -1.0] * len(path)
    state, action, old, gain = torch.stack(states), torch.stack(actions), torch.stack(kept), torch.tensor(gains)
    for _ in range(8):
        for rows in torch.randperm(len(state)).split(32):
            old = log_prob(state, action).detach()  # bug
            ratio = (log_prob(state[rows], action[rows]) - old[rows]).exp()
            loss = -torch.min(ratio * gain[rows], ratio.clamp(0.8, 1.2) * gain[rows]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(round_, gain.mean().item())
