import copy
import torch
from torch import nn
torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(q).eval()
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(100):
    s, s2, a = torch.randn(32, 4), torch.randn(32, 4), torch.randint(0, 2, (32, 1))
    with torch.no_grad():
        y = s[:, 0] + 0.9 * target(s2).max(1)[0]
    loss = nn.functional.mse_loss(q(s).gather(1, a).squeeze(1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 25 == 24:
        target.load_state_dict(q.state_dict())
