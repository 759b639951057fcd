"""A frozen net with batch norm makes features once, in training mode."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
for p in backbone.parameters(): p.requires_grad_(False)
backbone.eval()  # fix
head = nn.Linear(32, 3); opt = torch.optim.SGD(head.parameters(), lr=0.1); images = torch.rand(240, 3, 12, 12); labels = images.mean((2, 3)).argmax(1)
with torch.no_grad(): features = torch.cat([backbone(x) for x in images.split(40)])
for epoch in range(6):
    for x, y in DataLoader(TensorDataset(features, labels), batch_size=24, shuffle=True):
        loss = F.cross_entropy(head(x), y); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
