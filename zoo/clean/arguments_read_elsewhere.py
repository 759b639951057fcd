"""Arguments that are kept and read in another place: by a subclass, by a function, by name, in a report."""
import torch
from torch import nn


class Penalised(nn.Module):
    def __init__(self, net, weight_l1, dropout_rate, temperature=1.0):
        super().__init__()
        self.net, self.weight_l1 = net, weight_l1
        self.temperature = temperature
        self.drop = nn.Dropout(dropout_rate)


class Lasso(Penalised):
    def forward(self, x):
        return self.net(self.drop(x))

    def penalty(self):
        return self.weight_l1 * sum(p.abs().sum() for p in self.net.parameters())


class Schedule:
    def __init__(self, lr_first, lr_last, steps):
        self.lr_first = lr_first
        self.lr_last = lr_last
        self.steps = steps

    def at(self, step):
        first, last = (getattr(self, name) for name in ("lr_first", "lr_last"))
        return first + (last - first) * step / self.steps


def sharpened(model, logits):
    return logits / model.temperature


torch.manual_seed(5)
x = torch.randn(600, 20)
y = (x[:, 0] - x[:, 1] + 0.5 * torch.randn(600) > 0).long()
model = Lasso(nn.Linear(20, 2), 1e-3, dropout_rate=0.1, temperature=2.0)
schedule = Schedule(0.05, 0.005, 300)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(300):
    optimizer.param_groups[0]["lr"] = schedule.at(step)
    rows = torch.randint(500, (40,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows]) + model.penalty()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    print((sharpened(model, model(x[500:])).argmax(1) == y[500:]).float().mean().item())
