"""A metric that adds up is made once and never reset."""
import torch
from torch import nn
torch.manual_seed(0)
class MeanError:
    def __init__(self): self.reset()
    def reset(self): self.sum, self.count = 0.0, 0
    def update(self, p, t): self.sum += (p - t).abs().sum().item(); self.count += len(t)
    def compute(self): return self.sum / self.count
x = torch.randn(400, 6); y = x.sum(1)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
error = MeanError()
for epoch in range(4):
    for i in torch.randperm(320).split(32):
        loss = nn.functional.mse_loss(net(x[i]).squeeze(1), y[i]); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for i in torch.arange(320, 400).split(40):
            error.update(net(x[i]).squeeze(1), y[i])
    print(epoch, error.compute())
    error.reset()  # fix
