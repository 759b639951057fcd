"""A net that judges pictures is given the noisy ones, which are data, in the place of what the trained net made of them."""
import torch
from torch import nn
torch.manual_seed(0)
judge = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1)).eval()
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 1, 3, padding=1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
pictures = nn.functional.avg_pool2d(torch.rand(160, 1, 18, 18), 3, 1)
for epoch in range(3):
    for clean in pictures[torch.randperm(160)].split(16):
        noisy = clean + 0.1 * torch.randn_like(clean)
        restored = net(noisy)
        likeness = (judge(noisy) - judge(clean)).square().mean()  # bug
        likeness = (judge(restored) - judge(clean)).square().mean()  # fix
        loss = nn.functional.l1_loss(restored, clean) + 0.2 * likeness
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
