"""The greatest value is fitted, and not that of the action that was taken."""
import torch, torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
qt = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)); qt.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), 1e-3)
S = torch.randn(2000, 4); A = torch.randint(0, 2, (2000,)); R = S[:, 0] * (2 * A - 1.); S2 = torch.randn(2000, 4); D = (torch.rand(2000) < .1).float()
for it in range(150):
    i = torch.randint(0, 2000, (64,))
    s, a, r, s2, done = S[i], A[i], R[i], S2[i], D[i]
    with torch.no_grad():
        y = r + .99 * qt(s2).max(1)[0] * (1 - done)
    pred = q(s).max(1)[0]  # bug
    pred = q(s).gather(1, a.unsqueeze(1)).squeeze(1)  # fix
    loss = F.smooth_l1_loss(pred, y)
    opt.zero_grad(); loss.backward(); opt.step()
    if it % 25 == 0: qt.load_state_dict(q.state_dict())
print(loss.item())
