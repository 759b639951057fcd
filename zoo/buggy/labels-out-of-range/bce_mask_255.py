import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
images = torch.rand(64, 1, 16, 16)
masks = (images > 0.6).to(torch.uint8) * 255
for epoch in range(4):
    for i in torch.randperm(64).split(8):
        target = masks[i].float()  # bug
        target = masks[i].float() / 255  # fix
        loss = nn.functional.binary_cross_entropy_with_logits(net(images[i]), target)
        opt.zero_grad()
        loss.backward()
        opt.step()
