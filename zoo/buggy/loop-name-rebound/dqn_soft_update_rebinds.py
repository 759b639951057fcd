"""The soft update of the target net gives values to a name."""
import torch
import torch.nn as nn
import torch.nn.functional as F
import copy
torch.manual_seed(1)
online = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
target_net = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=1e-3)

def soft_update(target, source, tau):
    for tp, sp in zip(target.parameters(), source.parameters()):
        tp = tau * sp.data + (1 - tau) * tp.data  # bug
        tp.data.copy_(tau * sp.data + (1 - tau) * tp.data)  # fix

states = torch.randn(500, 6)
actions = torch.randint(0, 3, (500,))
rewards = states[:, 0] * (actions == 1).float() + 0.1 * torch.randn(500)
nexts = 0.8 * states + 0.2 * torch.randn(500, 6)
for step in range(120):
    i = torch.randint(500, (32,))
    with torch.no_grad():
        goal = rewards[i] + 0.95 * target_net(nexts[i]).max(dim=1)[0]
    value = online(states[i]).gather(1, actions[i].unsqueeze(1)).squeeze(1)
    loss = F.mse_loss(value, goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    soft_update(target_net, online, 0.01)
