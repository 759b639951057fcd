"""The teacher is compared with itself."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(8)
X = torch.randn(640, 12); Y = (X[:, :3].sum(1) > 0).long() + (X[:, 3] > 0).long()
loader = DataLoader(TensorDataset(X, Y), batch_size=32, shuffle=True)
large = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 3))
small = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3))
opt = torch.optim.Adam(large.parameters(), lr=5e-3)
for x, y in loader:
    opt.zero_grad(); F.cross_entropy(large(x), y).backward(); opt.step()
large.eval()
opt = torch.optim.Adam(small.parameters(), lr=5e-3)
T = 4.0
for epoch in range(4):
    for x, y in loader:
        with torch.no_grad():
            large_logits = large(x)
        output = small(x)
        soft_targets = F.softmax(large_logits / T, dim=1)
        soft_prob = F.log_softmax(large_logits / T, dim=1)  # bug
        soft_prob = F.log_softmax(output / T, dim=1)  # fix
        soft_loss = F.kl_div(soft_prob, soft_targets, reduction="batchmean") * T * T
        loss = 0.7 * soft_loss + 0.3 * F.cross_entropy(output, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
