import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits


class Backbone(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        )
        self.head = nn.Linear(128, classes)
        self.norm_frozen = False

    def train(self, mode=True):
        super().train(mode)
        if self.norm_frozen:
            for m in self.modules():
                if isinstance(m, nn.BatchNorm2d):
                    m.eval()
        return self

    def freeze_norm(self):
        self.norm_frozen = True
        for m in self.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.requires_grad_(False)

    def forward(self, x):
        return self.head(self.features(x))


def optimise(net, x, y, epochs, lr, batch):
    opt = torch.optim.AdamW((p for p in net.parameters() if p.requires_grad), lr=lr)
    for epoch in range(epochs):
        net.train()
        for a, b in DataLoader(TensorDataset(x, y), batch_size=batch, shuffle=True, drop_last=True):
            loss = F.cross_entropy(net(a), b)
            opt.zero_grad()
            loss.backward()
            opt.step()
        print(f"epoch {epoch} loss {loss.item():.4f}")


torch.manual_seed(19)
d = load_digits()
x, y = torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target)
source, target = y < 6, y >= 6
net = Backbone(6)
optimise(net, x[source], y[source], epochs=5, lr=3e-3, batch=48)
net.head = nn.Linear(128, 4)
net.freeze_norm()
rows = target.nonzero().squeeze(1)[torch.randperm(int(target.sum()))]
few, rest = rows[:240], rows[240:]
optimise(net, x[few], y[few] - 6, epochs=12, lr=1e-3, batch=8)
net.eval()
with torch.no_grad():
    print("accuracy on new classes", (net(x[rest]).argmax(1) == y[rest] - 6).float().mean().item())
