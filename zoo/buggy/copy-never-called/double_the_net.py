"""Q-learning with a target net, which follows every tenth step."""
import random

import torch
from torch import nn


def make():
    return nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))


random.seed(0)
torch.manual_seed(0)
policy_net, target_net = make(), make()
target_net.load_state_dict(policy_net.state_dict())
opt = torch.optim.Adam(policy_net.parameters(), lr=1e-3)
memory, state = [], torch.randn(3)
for step in range(150):
    with torch.no_grad():
        greedy = int(policy_net(state).argmax())
    action = greedy if random.random() > 0.2 else random.randrange(2)
    after = 0.9 * state + 0.2 * torch.randn(3)
    memory.append((state, action, float(after[0] > 0) == action, after))
    state = after
    if len(memory) < 40:
        continue
    batch = random.sample(memory, 24)
    s, s2 = torch.stack([each[0] for each in batch]), torch.stack([each[3] for each in batch])
    a, r = torch.tensor([each[1] for each in batch]), torch.tensor([float(each[2]) for each in batch])
    with torch.no_grad():
        wanted = r + 0.95 * policy_net(s2).max(1).values  # bug
        wanted = r + 0.95 * target_net(s2).max(1).values  # fix
    loss = nn.functional.smooth_l1_loss(policy_net(s).gather(1, a[:, None]).squeeze(1), wanted)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 9:
        target_net.load_state_dict(policy_net.state_dict())
