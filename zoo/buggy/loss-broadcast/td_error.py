"""DQN: Q of the taken action is (B, 1), the target (B,)."""
import torch
from torch import nn
torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
target_q = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
target_q.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(20):
    s, s2 = torch.randn(32, 4), torch.randn(32, 4)
    a = torch.randint(0, 2, (32, 1)); r = torch.randn(32); done = torch.zeros(32)
    qa = q(s).gather(1, a)
    with torch.no_grad():
        tgt = r + 0.99 * (1 - done) * target_q(s2).max(1).values
    loss = nn.functional.smooth_l1_loss(qa, tgt)  # bug
    loss = nn.functional.smooth_l1_loss(qa.squeeze(1), tgt)  # fix
    opt.zero_grad(); loss.backward(); opt.step()
    if step % 10 == 0:
        target_q.load_state_dict(q.state_dict())
