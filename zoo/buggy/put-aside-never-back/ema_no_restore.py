"""An average is copied into the net for each validation, and stays there."""
import torch
from torch import nn

class EMAModel:
    def __init__(self, params, decay=0.95):
        self.shadow = [p.detach().clone() for p in params]; self.decay = decay; self.kept = None
    def step(self, params):
        with torch.no_grad():
            for s, p in zip(self.shadow, params): s.lerp_(p, 1 - self.decay)
    def store(self, params): self.kept = [p.detach().clone() for p in params]
    def copy_to(self, params):
        for s, p in zip(self.shadow, params): p.data.copy_(s)
    def restore(self, params):
        for s, p in zip(self.kept, params): p.data.copy_(s)

torch.manual_seed(0)
x = torch.randn(400, 10); y = torch.sin(x[:, :1]) + 0.5 * x[:, 1:2] + 0.1 * torch.randn(400, 1)
xv = torch.randn(100, 10); yv = torch.sin(xv[:, :1]) + 0.5 * xv[:, 1:2]
net = nn.Sequential(nn.Linear(10, 64), nn.GELU(), nn.Linear(64, 1))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
ema_model = EMAModel(net.parameters())
step = 0
for epoch in range(8):
    net.train()
    for i in torch.randperm(400).split(40):
        loss = (net(x[i]) - y[i]).pow(2).mean()
        opt.zero_grad(); loss.backward(); opt.step()
        ema_model.step(net.parameters()); step += 1
    net.eval()
    ema_model.store(net.parameters())
    ema_model.copy_to(net.parameters())
    with torch.no_grad():
        print(epoch, step, "val", (net(xv) - yv).pow(2).mean().item())
    ema_model.restore(net.parameters())  # fix
