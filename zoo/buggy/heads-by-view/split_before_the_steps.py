"""Queries, keys and values are viewed as heads without moving the heads in front of the steps."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(29)
tracks = torch.randn(256, 9, 8)
labels = (tracks[:, 0, 0] > tracks[:, -1, 0]).long()


class Mix(nn.Module):
    def __init__(self, width=24, heads=3):
        super().__init__()
        self.heads, self.up, self.qkv = heads, nn.Linear(8, width), nn.Linear(width, 3 * width)
        self.out, self.head = nn.Linear(width, width), nn.Linear(width, 2)

    def forward(self, x):
        x = torch.tanh(self.up(x))
        n, t, w = x.shape
        parts = [part.contiguous() for part in self.qkv(x).chunk(3, -1)]
        q, k, v = [part.view(n, self.heads, t, w // self.heads) for part in parts]  # bug
        q, k, v = [part.view(n, t, self.heads, w // self.heads).transpose(1, 2) for part in parts]  # fix
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, w)
        return self.head(torch.relu(x + self.out(y)).mean(1))


net = Mix()
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        loss = F.cross_entropy(net(tracks[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
