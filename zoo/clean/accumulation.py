"""Windows of 4 with a short last one that is stepped with too."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
dl = DataLoader(TensorDataset(torch.randn(170, 6), torch.randint(0, 2, (170,))), 16, shuffle=True)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for e in range(4):
    opt.zero_grad()
    for i, (x, y) in enumerate(dl):
        (nn.functional.cross_entropy(net(x), y) / 4).backward()
        if (i + 1) % 4 == 0 or i + 1 == len(dl):
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step(); opt.zero_grad()
