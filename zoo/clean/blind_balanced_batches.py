"""Rare faults: each batch has as many of them as of the sound rows, drawn with replacement."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset


class Balanced(Sampler):
    def __init__(self, labels, batch_size, batches):
        self.groups = [torch.nonzero(labels == k).flatten() for k in (0, 1)]
        self.half, self.batches = batch_size // 2, batches

    def __len__(self):
        return self.batches

    def __iter__(self):
        for _ in range(self.batches):
            picks = [g[torch.randint(0, len(g), (self.half,))] for g in self.groups]
            yield torch.cat(picks).tolist()


def make(n, seed):
    g = torch.Generator().manual_seed(seed)
    fault = (torch.rand(n, generator=g) < 0.06).long()
    x = torch.randn(n, 8, generator=g)
    x[:, 0] += 2.0 * fault
    x[:, 1] -= 1.5 * fault
    return x, fault


torch.manual_seed(0)
x, fault = make(600, 1)
held_x, held_fault = make(300, 2)
loader = DataLoader(TensorDataset(x, fault), batch_sampler=Balanced(fault, 32, 15))
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    net.train()
    for xb, yb in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(net(xb), yb).backward()
        opt.step()
net.eval()
with torch.no_grad():
    guess = net(held_x).argmax(1)
recall = [(guess[held_fault == k] == k).float().mean().item() for k in (0, 1)]
print("balanced accuracy", sum(recall) / 2, "recalls", recall)
