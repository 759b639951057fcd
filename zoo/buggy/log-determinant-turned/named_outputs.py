"""A layer gives its two outputs by name; one is added with the wrong sign."""
import torch
from torch import nn
torch.manual_seed(0)
class Scale(nn.Module):
    def __init__(self):
        super().__init__(); self.s = nn.Parameter(torch.full((3,), 0.2)); self.b = nn.Parameter(torch.zeros(3))
    def forward(self, x):
        return {"z": x * self.s.exp() + self.b, "logdet": self.s.sum().expand(len(x))}
x = torch.randn(500, 3) * 2
f = Scale(); opt = torch.optim.Adam(f.parameters(), 1e-2)
for e in range(10):
    for i in torch.randperm(500).split(50):
        o = f(x[i])
        loss = (0.5 * o["z"].pow(2).sum(1) + o["logdet"]).mean()  # bug
        loss = (0.5 * o["z"].pow(2).sum(1) - o["logdet"]).mean()  # fix
        opt.zero_grad(); loss.backward(); opt.step()
