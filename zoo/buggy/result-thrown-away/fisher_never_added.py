"""Two tasks, with the Fisher information of the first."""
import torch
from torch import nn
torch.manual_seed(62)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.layers = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 2)); self.F_accum = None; self.star = None
    def forward(self, x): return self.layers(x)
    def compute_fisher(self, x, y):
        self.F_accum = [torch.zeros_like(p) for p in self.parameters()]
        for i in range(0, len(x), 4):
            ll = -nn.functional.cross_entropy(self(x[i:i + 1]), y[i:i + 1])
            for v, g in enumerate(torch.autograd.grad(ll, list(self.parameters()))):
                torch.add(self.F_accum[v], torch.pow(g, 2))  # bug
                self.F_accum[v] = torch.add(self.F_accum[v], torch.pow(g, 2))  # fix
        self.star = [p.detach().clone() for p in self.parameters()]
    def ewc_loss(self, lam=0.3):
        return sum((lam / 2) * (f * (p - s).pow(2)).sum() for f, p, s in zip(self.F_accum, self.parameters(), self.star))
net = Net(); x = torch.randn(400, 12); y1 = (x[:, 0] > 0).long(); y2 = (x[:, 1] > 0).long()
def train(y, steps, penal):
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for s in range(steps):
        i = torch.randint(0, 400, (50,)); loss = nn.functional.cross_entropy(net(x[i]), y[i])
        if penal: loss = loss + net.ewc_loss()
        opt.zero_grad(); loss.backward(); opt.step()
train(y1, 80, False); net.compute_fisher(x, y1); train(y2, 80, True)
print((net(x).argmax(1) == y1).float().mean().item())
