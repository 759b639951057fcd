import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

CROPS, GLOBAL = 4, 2


def crops(x, n, size=7):
    out = []
    for _ in range(n):
        r, c = torch.randint(0, x.shape[-1] - size + 1, (2,)).tolist()
        out.append(x[:, :, r:r + size, c:c + size] + 0.1 * torch.randn(len(x), 1, size, size))
    return torch.cat(out)


def projector(a, b, hidden=96):
    return nn.Sequential(nn.Linear(a, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, b))


class Encoder(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        )
        self.proj = projector(128, dim)

    def forward(self, x):
        return self.proj(self.body(x))


def agreement(guesses, goals):
    """Every crop's guess meets every other global crop's goal; rows are crop-major."""
    guesses, goals = F.normalize(guesses, dim=-1).chunk(CROPS), F.normalize(goals, dim=-1).chunk(GLOBAL)
    pairs = [2 - 2 * (g * t).sum(-1).mean() for j, g in enumerate(guesses) for i, t in enumerate(goals) if i != j]
    return torch.stack(pairs).mean()


torch.manual_seed(22)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 16).float().unsqueeze(1), d.target, test_size=0.25, random_state=22)
student, predictor = Encoder(), projector(32, 32)
teacher = copy.deepcopy(student).requires_grad_(False)
opt = torch.optim.AdamW([*student.parameters(), *predictor.parameters()], lr=2e-3)
for epoch in range(6):
    total = 0.0
    for (x,) in DataLoader(TensorDataset(xa), batch_size=64, shuffle=True, drop_last=True):
        views = crops(x, CROPS)
        with torch.no_grad():
            goals = teacher(views[:GLOBAL * len(x)])
        loss = agreement(predictor(student(views)), goals)
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            for t, s in zip(teacher.parameters(), student.parameters()):
                t.lerp_(s, 0.03)
        total += loss.item()
    print(epoch, round(total / 21, 4))
teacher.eval()
with torch.no_grad():
    fa, fb = teacher.body(xa).numpy(), teacher.body(xb).numpy()
print("neighbours", KNeighborsClassifier(10).fit(fa, ya).score(fb, yb))
