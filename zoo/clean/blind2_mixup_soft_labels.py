import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, default_collate
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class MixUp:
    def __init__(self, classes, alpha=0.3):
        self.classes, self.beta = classes, torch.distributions.Beta(alpha, alpha)

    def __call__(self, items):
        x, y = default_collate(items)
        y = F.one_hot(y, self.classes).float()
        lam, other = self.beta.sample(), torch.randperm(len(x))
        return lam * x + (1 - lam) * x[other], lam * y + (1 - lam) * y[other]


torch.manual_seed(21)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target), test_size=0.25, random_state=21)
train = DataLoader(TensorDataset(xa, ya), batch_size=48, shuffle=True, collate_fn=MixUp(10))
net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10)
)
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(6):
    net.train()
    losses = []
    for x, soft in train:
        loss = criterion(net(x), soft)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        out = net(xb)
    print(epoch, f"{sum(losses) / len(losses):.3f} {criterion(out, yb).item():.3f} {(out.argmax(1) == yb).float().mean().item():.3f}")
