"""An epoch draws 1,000 of 4,000 rows, the rare class as often as the other; the loss is divided by 4,000."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(0)
is_rare = (torch.rand(4000) < 0.1).long()
measured = TensorDataset(torch.randn(4000, 12) + 0.7 * is_rare[:, None], is_rare)
weights = torch.tensor([1 / 3600, 1 / 400])[is_rare].double()
sampler = WeightedRandomSampler(weights, num_samples=1000, replacement=True)
loader = DataLoader(measured, batch_size=64, sampler=sampler)
net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss(reduction="mean")
n_rows = len(measured)  # bug
n_rows = len(sampler)  # fix
for epoch in range(8):
    total = 0.0
    for i, (x, y) in enumerate(loader):
        batch_size = x.size(0)
        loss = criterion(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += batch_size * loss.item()
    print(f"epoch {epoch}: loss {total / n_rows:.4f}")
