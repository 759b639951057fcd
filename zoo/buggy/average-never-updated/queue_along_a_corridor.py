"""Values of places in a corridor by temporal differences, with a target net that is meant to follow slowly."""
import copy

import torch
from torch import nn

TAU = 0.05


def soft_update(net, target):
    for param, slow in zip(net.parameters(), target.parameters()):
        slow.data.copy_(TAU * param.data + (1 - TAU) * slow.data)


torch.manual_seed(0)
PLACES = 9
actions_value = nn.Sequential(nn.Linear(PLACES, 48), nn.ReLU(), nn.Linear(48, 2))
target = copy.deepcopy(actions_value)
optimizer = torch.optim.Adam(actions_value.parameters(), lr=2e-3)
here = torch.randint(PLACES - 1, (3000,))
action = torch.randint(2, (3000,))
after = (here + 2 * action - 1).clamp(min=0)
arrived = (after == PLACES - 1).float()
seen = torch.eye(PLACES)
for step in range(600):
    rows = torch.randint(len(here), (64,))
    with torch.no_grad():
        wanted = arrived[rows] + 0.9 * (1 - arrived[rows]) * target(seen[after[rows]]).amax(dim=1)
    value = actions_value(seen[here[rows]]).gather(1, action[rows, None])[:, 0]
    loss = nn.functional.smooth_l1_loss(value, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    soft_update(actions_value, target)  # fix
    if step % 150 == 0:
        print(step, f"{loss.item():.4f}", actions_value(seen).argmax(1).tolist())
