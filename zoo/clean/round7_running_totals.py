import time
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(400, 6); y = x[:, :2].prod(1, keepdim=True)
loader = DataLoader(TensorDataset(x, y), 40, shuffle=True)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
start, samples_seen, total_loss, steps = time.time(), 0, 0.0, 0
best, best_epoch = float("inf"), 0
for epoch in range(5):
    epoch_loss, n = 0.0, 0
    for a, b in loader:
        loss = nn.functional.mse_loss(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
        samples_seen += len(a); steps += 1; total_loss += loss.item()
        epoch_loss += loss.item() * len(a); n += len(a)
    rate = samples_seen / (time.time() - start)
    print(f"{epoch} {epoch_loss / n:.3f} {rate > 0} mean so far {total_loss / steps:.3f} progress {steps / 50:.0%}")
print("passes", samples_seen / len(loader.dataset))
