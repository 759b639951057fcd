"""Survival: batches in the order in which they were drawn."""
import argparse
import torch
from torch import nn
def cox_loss(risk, events):
    """risk of rows by falling time"""
    log_risk = torch.logcumsumexp(risk, dim=0)
    return -((risk - log_risk) * events).sum() / events.sum().clamp(min=1)
class DeepSurv(nn.Module):
    def __init__(self, d): super().__init__(); self.f = nn.Sequential(nn.Linear(d, 32), nn.SELU(), nn.Linear(32, 1))
    def forward(self, x): return self.f(x).squeeze(1)
def main():
    p = argparse.ArgumentParser(); p.add_argument("--epochs", type=int, default=8); a = p.parse_args(); torch.manual_seed(51)
    x = torch.randn(640, 5); t = torch.empty(640).exponential_() * torch.exp(-x[:, 0]); c = torch.empty(640).exponential_(); e = (t <= c).float(); t = torch.minimum(t, c)
    net = DeepSurv(5); opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
    for ep in range(a.epochs):
        for i in torch.randperm(640).split(64):
            xb, tb, eb = x[i], t[i], e[i]
            order = tb.argsort(descending=True)  # fix
            xb, eb = xb[order], eb[order]  # fix
            loss = cox_loss(net(xb), eb)
            opt.zero_grad(); loss.backward(); opt.step()
        print(ep, loss.item())
main()
