"""Two ways to count right where gradients are accumulated: step with every batch, or count a step k times."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(10)
y = torch.randint(4, (800,))
x = torch.randn(4, 12)[y] + torch.randn(800, 12)
loader = DataLoader(TensorDataset(x, y), batch_size=10, shuffle=True)


def fit(with_batches, epochs=5, k=4):
    net = nn.Sequential(nn.Linear(12, 40), nn.ReLU(), nn.Linear(40, 4))
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    total_steps = epochs * len(loader)
    if with_batches:
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total_steps)
    else:
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - min(1.0, step * k / total_steps))
    for _ in range(epochs):
        for at, (rows, labels) in enumerate(loader, 1):
            loss = F.cross_entropy(net(rows), labels) / k
            loss.backward()
            if at % k == 0:
                optimizer.step()
                optimizer.zero_grad()
            if with_batches or at % k == 0:
                schedule.step()
    return loss.item() * k


print(fit(True), fit(False))
