"""Q-learning whose target net is a second name of the policy."""
import copy
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 2))
target = policy  # bug
target = copy.deepcopy(policy)  # fix
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for step in range(40):
    state, following, action = torch.randn(16, 3), torch.randn(16, 3), torch.randint(0, 2, (16, 1))
    with torch.no_grad():
        goal = state.sum(1, keepdim=True) + 0.9 * target(following).max(1, keepdim=True).values
    loss = nn.functional.huber_loss(policy(state).gather(1, action), goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 9:
        target.load_state_dict(policy.state_dict())
