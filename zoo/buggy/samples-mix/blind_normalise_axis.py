import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits


class CosineClassifier(nn.Module):
    """Logits are scaled cosines between the embedding and one direction for each class."""

    def __init__(self, n_in, n_classes, dim=32, scale=10.0):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, 64), nn.ReLU(), nn.Linear(64, dim))
        self.proto = nn.Parameter(torch.randn(n_classes, dim) * 0.1)
        self.scale = scale

    def forward(self, x):
        z = F.normalize(self.body(x), dim=0)  # bug
        z = F.normalize(self.body(x), dim=1)  # fix
        return self.scale * z @ F.normalize(self.proto, dim=1).T


digits = load_digits()
images = torch.tensor(digits.data / 16.0, dtype=torch.float32)
labels = torch.tensor(digits.target)

torch.manual_seed(0)
model = CosineClassifier(64, 10)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(60):
    rows = torch.randint(0, len(images), (64,))
    loss = F.cross_entropy(model(images[rows]), labels[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(f"{step:3d} {loss.item():.3f}")
