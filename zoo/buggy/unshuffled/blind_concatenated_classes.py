import torch
from torch import nn
from torch.utils.data import ConcatDataset, DataLoader, Dataset


class OneSpecies(Dataset):
    """All recordings of one species, as 16 spectral features."""

    def __init__(self, label, n=120):
        g = torch.Generator().manual_seed(label)
        centre = torch.randn(16, generator=g)
        self.rows = centre + torch.randn(n, 16, generator=g)
        self.label = label

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i], self.label


torch.manual_seed(0)
birds = ConcatDataset([OneSpecies(k) for k in range(4)])
loader = DataLoader(birds, batch_size=40)  # bug
loader = DataLoader(birds, batch_size=40, shuffle=True)  # fix

net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    right = 0
    for rows, label in loader:
        out = net(rows)
        loss = nn.functional.cross_entropy(out, label)
        opt.zero_grad()
        loss.backward()
        opt.step()
        right += (out.argmax(1) == label).sum().item()
    print(epoch, right / len(birds))
