import torch
from torch import nn
from torch.optim.lr_scheduler import PolynomialLR
from torch.utils.data import DataLoader, TensorDataset

EPOCHS, BATCH = 10, 32
torch.manual_seed(2)
x = torch.randn(448, 12)
w = torch.randn(12, 3)
y = (torch.tanh(x) @ w).argmax(1)
loader = DataLoader(TensorDataset(x, y), batch_size=BATCH, shuffle=True)

model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = PolynomialLR(optimizer, total_iters=EPOCHS, power=0.9)

for epoch in range(EPOCHS):
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        scheduler.step()  # bug
        total += loss.item()
    print(f"{epoch}: loss {total / len(loader):.4f} lr {scheduler.get_last_lr()[0]:.4f}")
    scheduler.step()  # fix
