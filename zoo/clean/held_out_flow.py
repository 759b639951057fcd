# held out
import torch
from torch import nn
torch.manual_seed(0)
class Coupling(nn.Module):
    def __init__(self, flip): super().__init__(); self.flip = flip; self.n = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 2))
    def forward(self, x):
        a, b = x.chunk(2, 1)
        if self.flip: a, b = b, a
        s, t = self.n(a).chunk(2, 1); s = s.tanh(); b = b * s.exp() + t
        return torch.cat([b, a] if self.flip else [a, b], 1), s.sum(1)
flow = nn.ModuleList(Coupling(i % 2 == 1) for i in range(4)); opt = torch.optim.Adam(flow.parameters(), 1e-3)
base = torch.distributions.Normal(0, 1)
for k in range(40):
    x = torch.randn(128, 2) @ torch.tensor([[1., .5], [0, 1]]); ld = 0
    for f in flow:
        x, d = f(x); ld = ld + d
    loss = -(base.log_prob(x).sum(1) + ld).mean()
    opt.zero_grad(); loss.backward(); opt.step()
