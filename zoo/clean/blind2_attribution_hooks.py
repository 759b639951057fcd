import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def scenes(n, size=14):
    x = 0.3 + 0.1 * torch.randn(n, 1, size, size)
    y = torch.randint(0, 2, (n,))
    corner = torch.randint(1, size - 5, (n, 2))
    for i, (r, c) in enumerate(corner.tolist()):
        if y[i]:
            x[i, 0, r:r + 4, c:c + 4] += 0.4
        else:
            x[i, 0, r + 1:r + 3, c:c + 4] += 0.4
    return x.clamp(0, 1), y, corner


class GradCam:
    def __init__(self, net, layer):
        self.net = net
        self.handles = [
            layer.register_forward_hook(lambda m, a, out: setattr(self, "activation", out)),
            layer.register_full_backward_hook(lambda m, gi, go: setattr(self, "gradient", go[0])),
        ]

    def __call__(self, x, y):
        self.net.zero_grad()
        score = self.net(x).gather(1, y.unsqueeze(1)).sum()
        score.backward()
        weight = self.gradient.mean(dim=(2, 3), keepdim=True)
        cam = F.relu((weight * self.activation.detach()).sum(1, keepdim=True))
        self.net.zero_grad()
        return F.interpolate(cam, x.shape[-2:], mode="bilinear", align_corners=False).squeeze(1)

    def close(self):
        for h in self.handles:
            h.remove()


torch.manual_seed(25)
x, y, _ = scenes(1000)
xv, yv, corner = scenes(200)
net = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(24, 2)
)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    net.train()
    for a, b in DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True):
        loss = F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, round(loss.item(), 4))
net.eval()
with torch.no_grad():
    print("accuracy", (net(xv).argmax(1) == yv).float().mean().item())
explain = GradCam(net, net[3])
hits = 0
for k in range(0, 200, 40):
    heat = explain(xv[k:k + 40], yv[k:k + 40]).flatten(1)
    peak = heat.argmax(1)
    where = torch.stack([peak // 14, peak % 14], dim=1) - corner[k:k + 40]
    hits += ((where >= -1) & (where <= 4)).all(1).sum().item()
explain.close()
print("share of peaks on the object", hits / 200)
