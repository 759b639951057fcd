"""Pairs of noisy halves of images; the lists are begun anew for each image."""
import torch
from torch import nn
torch.manual_seed(0)
stacks = torch.nn.functional.interpolate(torch.randn(120, 1, 4, 4), 24, mode="bilinear"); noisy = stacks + 0.4 * torch.randn_like(stacks)
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1)); opt = torch.optim.Adam(net.parameters(), 2e-3)

def make_pair(img):
    a = (img[:, 0::2, 0::2] + img[:, 1::2, 1::2]) / 2; b = (img[:, 1::2, 0::2] + img[:, 0::2, 1::2]) / 2
    return a[None], b[None]

for epoch in range(8):
    for rows in torch.randperm(120).split(12):
        batch = noisy[rows]
        imgs_A, imgs_B = [], []  # fix
        for i in range(len(batch)):
            imgs_A, imgs_B = [], []  # bug
            a, b = make_pair(batch[i]); imgs_A.append(a); imgs_B.append(b)
        A, B = torch.cat(imgs_A), torch.cat(imgs_B)
        loss = (net(A) - B).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
