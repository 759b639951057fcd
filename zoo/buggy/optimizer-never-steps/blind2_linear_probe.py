import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


class Schedule:
    """Linear warm-up, then cosine decay."""

    def __init__(self, optimizer, warm, total):
        up = optim.lr_scheduler.LinearLR(optimizer, 0.1, 1.0, warm)
        down = optim.lr_scheduler.CosineAnnealingLR(optimizer, total - warm)
        self.optimizer = optimizer
        self.inner = optim.lr_scheduler.SequentialLR(optimizer, [up, down], [warm])

    def step(self):
        self.inner.step()


def update(loss, *steppers):
    loss.backward()
    for s in steppers:
        s.step()


torch.manual_seed(197)
X, y = load_breast_cancer(return_X_y=True)
Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.25, random_state=197, stratify=y)
m, s = Xa.mean(0), Xa.std(0)
Xa, Xb = torch.tensor((Xa - m) / s).float(), torch.tensor((Xb - m) / s).float()
ya, yb = torch.tensor(ya), torch.tensor(yb)
loader = DataLoader(TensorDataset(Xa, ya), batch_size=36, shuffle=True)

epochs = 8
model = nn.Sequential(nn.Linear(30, 20), nn.ReLU(), nn.Linear(20, 2))
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
schedule = Schedule(optimizer, warm=len(loader), total=epochs * len(loader))
for epoch in range(epochs):
    model.train()
    total = 0.0
    for xb, tb in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), tb)
        update(loss, schedule)  # bug
        update(loss, optimizer, schedule)  # fix
        total += loss.item()
    print(epoch, round(total / len(loader), 4))

model.eval()
with torch.no_grad():
    print("accuracy", (model(Xb).argmax(1) == yb).float().mean().item())
