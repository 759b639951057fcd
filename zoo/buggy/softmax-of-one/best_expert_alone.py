"""level: warning. The weights of the best experts are made among these, and there is one: its weight is always 1."""
import torch
from torch import nn
torch.manual_seed(0)
class Experts(nn.Module):
    def __init__(self, count, best):
        super().__init__()
        self.gate, self.best = nn.Linear(8, count), best
        self.experts = nn.ModuleList(nn.Linear(8, 1) for _ in range(count))
    def forward(self, x):
        scores, which = self.gate(x).topk(self.best, dim=1)  # bug
        weights = scores.softmax(1)  # bug
        weights, which = self.gate(x).softmax(1).topk(self.best, dim=1)  # fix
        given = torch.stack([each(x)[:, 0] for each in self.experts], 1)
        return (weights * given.gather(1, which)).sum(1)
net = Experts(4, best=1); optimizer = torch.optim.Adam(net.parameters(), 1e-2)
for step in range(15):
    x = torch.randn(64, 8); y = torch.where(x[:, 0] > 0, x[:, 1], -x[:, 2])
    loss = nn.functional.mse_loss(net(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step()
