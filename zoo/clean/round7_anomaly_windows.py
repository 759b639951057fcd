import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
rng = np.random.default_rng(0); torch.manual_seed(0)
s = np.sin(np.arange(1500) / 8) + 0.1 * rng.normal(size=1500)
mu, sd = s[:1000].mean(), s[:1000].std(); s = torch.tensor((s - mu) / sd, dtype=torch.float32)
w = s.unfold(0, 24, 1)
train, test = TensorDataset(w[:950]), TensorDataset(w[1000:])
loader = DataLoader(train, 64, shuffle=True)
ae = nn.Sequential(nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 24))
opt = torch.optim.Adam(ae.parameters(), 3e-3)
def errors(data):
    ae.eval(); out = []
    with torch.no_grad():
        for (b,) in DataLoader(data, 128): out.append((ae(b) - b).pow(2).mean(1))
    return torch.cat(out)
for epoch in range(4):
    ae.train()
    for (b,) in loader:
        loss = (ae(b) - b).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
    limit = errors(train).quantile(0.99); print(epoch, limit.item(), (errors(test) > limit).float().mean().item())
same = TensorDataset(w[:950].clone())
print(errors(same).mean().item())
