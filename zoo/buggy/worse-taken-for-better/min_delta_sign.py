"""Early stopping whose threshold is added to the best loss."""
import torch
from torch import nn

class EarlyStopping:
    def __init__(self, patience=4, threshold=0.01): self.patience, self.threshold, self.best, self.bad = patience, threshold, None, 0
    def __call__(self, vloss):
        if self.best is None or vloss < self.best * (1.0 + self.threshold):  # bug
        if self.best is None or vloss < self.best * (1.0 - self.threshold):  # fix
            self.best, self.bad = vloss, 0; return False
        self.bad += 1
        return self.bad >= self.patience

torch.manual_seed(0)
x = torch.randn(300, 8); y = x[:, :1].cos() + 0.2 * torch.randn(300, 1)
net = nn.Sequential(nn.Linear(8, 64), nn.Tanh(), nn.Linear(64, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3); stopper = EarlyStopping()
for epoch in range(20):
    net.train()
    for b in torch.randperm(220).split(22):
        loss = (net(x[b]) - y[b]).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): v = (net(x[220:]) - y[220:]).pow(2).mean().item()
    print(epoch, loss.item(), v)
    if stopper(v): break
