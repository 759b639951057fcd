"""Masks of 0 and 1 that ToTensor took for bytes: their ones are 1/255."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
images = torch.rand(40, 1, 12, 12)
masks = (images > 0.6).to(torch.uint8)
data = TensorDataset(images, masks / 255)  # bug
data = TensorDataset(images, masks.float())  # fix
net = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(3):
    for x, y in DataLoader(data, batch_size=8, shuffle=True):
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        optimizer.step()
