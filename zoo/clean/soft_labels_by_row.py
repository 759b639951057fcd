"""Soft labels are kept by row, made anew each third epoch from a running mean, and a second view is drawn to the first."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(22)
y = torch.randint(4, (480,))
x = torch.randn(4, 10)[y] + 0.8 * torch.randn(480, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
loader = DataLoader(TensorDataset(x, y, torch.arange(480)), batch_size=32, shuffle=True)
kept = torch.zeros(480, 4)
for epoch in range(6):
    if epoch % 3 == 0:
        with torch.no_grad():
            for rows, _, numbers in loader:
                kept[numbers] = 0.5 * kept[numbers] + 0.5 * net(rows)
    for rows, labels, numbers in loader:
        logits = net(rows)
        with torch.no_grad():
            turned = net(rows.flip(0)).flip(0)
        soft = kept[numbers].softmax(1)
        loss = F.cross_entropy(logits, labels) + 0.3 * F.mse_loss(logits.softmax(1), soft) + 0.1 * F.mse_loss(logits, turned)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
