"""CutMix whose box is clipped where it is returned."""
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

def rand_bbox(size, lam):
    W, H = size[2], size[3]; cut = np.sqrt(1.0 - lam); cw, ch = int(W * cut), int(H * cut)
    cx, cy = np.random.randint(W), np.random.randint(H)
    return np.clip(cx - cw // 2, 0, W), np.clip(cy - ch // 2, 0, H), np.clip(cx + cw // 2, 0, W), np.clip(cy + ch // 2, 0, H)

np.random.seed(0); torch.manual_seed(0)
target = torch.randint(0, 6, (480,)); images = torch.randn(6, 3, 12, 12)[target] + 0.8 * torch.randn(480, 3, 12, 12)
model = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(144, 6))
optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9); criterion = nn.CrossEntropyLoss()
for epoch in range(8):
    for rows in torch.randperm(480).split(48):
        input, tgt = images[rows].clone(), target[rows]
        lam = np.random.beta(1.0, 1.0); rand_index = torch.randperm(len(rows)); target_a, target_b = tgt, tgt[rand_index]
        bbx1, bby1, bbx2, bby2 = rand_bbox(input.size(), lam)
        input[:, :, bbx1:bbx2, bby1:bby2] = input[rand_index, :, bbx1:bbx2, bby1:bby2]
        lam = 1 - ((bbx2 - bbx1) * (bby2 - bby1) / (input.size()[-1] * input.size()[-2]))  # fix
        output = model(input)
        loss = criterion(output, target_a) * lam + criterion(output, target_b) * (1.0 - lam)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(epoch, loss.item())
