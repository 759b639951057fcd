"""A function sets the rate from the number of the batch, which begins at 0 in each epoch."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
BASE, WARMUP = 5e-3, 10


def warm_up(optimizer, step):
    share = min(1.0, (step + 1) / WARMUP)
    for group in optimizer.param_groups:
        group["lr"] = BASE * share


words = torch.randint(1, 60, (480, 7))
labels = (words % 3).sum(1) % 4
net = nn.Sequential(nn.Embedding(60, 16), nn.Flatten(), nn.Linear(112, 48), nn.ReLU(), nn.Linear(48, 4))
optimizer = torch.optim.AdamW(net.parameters(), lr=BASE)
loader = DataLoader(TensorDataset(words, labels), batch_size=24, shuffle=True)
for epoch in range(6):
    for number, (x, y) in enumerate(loader):
        warm_up(optimizer, number)  # bug
        warm_up(optimizer, epoch * len(loader) + number)  # fix
        loss = nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
