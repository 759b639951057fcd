"""What evaluation sets, and training sets back or does not need: a rate in both branches, a counter, a cache, a flag that
says the statistics are known, and dropout of layers that gets its old value after the score."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 16)
y = (x[:, :3].sum(1) + 0.8 * torch.randn(900) > 0).long()


class Net(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate, self.given_rate = rate, rate
        self.calls, self.looked_at, self.last = 0, False, None
        self.inner, self.outer = nn.Linear(16, 64), nn.Linear(64, 2)
        self.drop = nn.Dropout(0.2)

    def train(self, mode=True):
        if not mode:
            self.calls = 0
            self.last = None
        return super().train(mode)

    def forward(self, x):
        if self.training:
            self.rate = self.given_rate
        else:
            self.rate = 0.0
            self.looked_at = True
        self.calls += 1
        return self.outer(self.drop(nn.functional.dropout(self.inner(x).relu(), self.rate)))


def score(model):
    model.eval()
    old, model.drop.p = model.drop.p, 0.0
    with torch.no_grad():
        right = (model(x[600:]).argmax(1) == y[600:]).float().mean().item()
    model.drop.p = old
    model.train()
    return right


net = Net(0.3)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item(), score(net), net.looked_at)
