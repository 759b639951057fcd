"""A detector of three scales: each kind of loss is gathered over the heads."""

import torch
from torch import nn

torch.manual_seed(0)


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(16, 32), nn.ReLU())
        self.heads = nn.ModuleList(nn.Linear(32, 5) for _ in range(3))

    def forward(self, x):
        h = self.body(x)
        return [head(h) for head in self.heads]


def head_loss(out, box, obj):
    xy = nn.functional.mse_loss(out[:, :2].sigmoid(), box[:, :2])
    wh = nn.functional.mse_loss(out[:, 2:4], box[:, 2:])
    conf = nn.functional.binary_cross_entropy_with_logits(out[:, 4], obj)
    return 2.5 * xy + 2.5 * wh + conf, xy, wh, conf


names = ["total_loss", "xy", "wh", "conf"]
x = torch.randn(512, 16)
box = torch.cat([torch.sigmoid(x[:, :2]), x[:, 2:4] * 0.5], 1)
obj = (x[:, 4] > 0).float()
net = Heads()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    for idx in torch.randperm(512).split(32):
        outputs = net(x[idx])
        losses = [[]] * len(names)  # bug
        losses = [[] for _ in names]  # fix
        for out in outputs:
            for j, part in enumerate(head_loss(out, box[idx], obj[idx])):
                losses[j].append(part)
        losses = [sum(parts) for parts in losses]
        loss = losses[0]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, {n: round(v.item(), 3) for n, v in zip(names, losses)})
