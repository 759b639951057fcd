"""One weight a class, where the sampler wants one a row."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler
torch.manual_seed(0)
Y = (torch.rand(800) < 0.1).long()
X = torch.randn(800, 6) + 1.2 * Y.unsqueeze(1)
class_w = 1.0 / torch.bincount(Y).float()
sampler = WeightedRandomSampler(class_w, num_samples=800)  # bug
sampler = WeightedRandomSampler(class_w[Y], num_samples=800)  # fix
dl = DataLoader(TensorDataset(X, Y), 80, sampler=sampler)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), 3e-3)
for e in range(8):
    for x, y in dl:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(e, loss.item())
