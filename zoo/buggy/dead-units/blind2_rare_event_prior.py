import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification
from sklearn.metrics import average_precision_score


def focal_loss(logits, y, gamma=1.5, alpha=0.6):
    ce = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    p = torch.sigmoid(logits)
    pt = torch.where(y > 0.5, p, 1 - p)
    weight = torch.where(y > 0.5, alpha, 1 - alpha)
    return (weight * (1 - pt).pow(gamma) * ce).mean()


class Detector(nn.Module):
    def __init__(self, d, hidden=32, prior=0.06):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.score = nn.Linear(hidden, 1)
        for m in self.modules():  # bug
        for m in [self.score]:  # fix
            if isinstance(m, nn.Linear):
                nn.init.constant_(m.bias, -math.log((1 - prior) / prior))

    def forward(self, x):
        return self.score(self.body(x)).squeeze(-1)


torch.manual_seed(223)
X, y = make_classification(2400, 16, n_informative=8, weights=[0.94], flip_y=0.005, class_sep=1.5, random_state=223)
X, y = torch.tensor(X).float(), torch.tensor(y).float()
X = (X - X[:1800].mean(0)) / X[:1800].std(0)
model = Detector(16)
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
loader = DataLoader(TensorDataset(X[:1800], y[:1800]), batch_size=90, shuffle=True)
for epoch in range(8):
    model.train()
    total = 0.0
    for xb, yb in loader:
        loss = focal_loss(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print(f"epoch {epoch}: {total / len(loader):.4f}")
model.eval()
with torch.no_grad():
    scores = model(X[1800:])
print("average precision", round(average_precision_score(y[1800:].numpy(), scores.numpy()), 3))
