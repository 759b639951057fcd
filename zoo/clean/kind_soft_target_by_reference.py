import copy, torch
from torch import nn
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(policy)
mine, theirs = policy.state_dict(), target.state_dict()
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for step in range(40):
    s, s2 = torch.randn(32, 4), torch.randn(32, 4)
    a = torch.randint(0, 2, (32, 1))
    with torch.no_grad():
        goal = s.sum(1) + 0.9 * target(s2).max(1).values
    loss = nn.functional.smooth_l1_loss(policy(s).gather(1, a).squeeze(1), goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for k in theirs:
        theirs[k].mul_(0.9).add_(mine[k], alpha=0.1)
    if step % 10 == 0:
        target.load_state_dict(mine)
