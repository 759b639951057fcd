"""Heads are split off the width, and then brought in front of the steps by another view."""
import torch
from torch import nn
torch.manual_seed(0)
class Mixer(nn.Module):
    def __init__(self):
        super().__init__(); self.q, self.k, self.v, self.o = (nn.Linear(24, 24) for _ in range(4)); self.out = nn.Linear(24, 2)
    def heads(self, x):
        n, t, _ = x.shape; x = x.view(n, t, 3, 8)
        return x.reshape(n, 3, t, 8)  # bug
        return x.permute(0, 2, 1, 3)  # fix
    def forward(self, x):
        q, k, v = self.heads(self.q(x)), self.heads(self.k(x)), self.heads(self.v(x))
        mixed = torch.softmax(q @ k.transpose(2, 3) / 8 ** 0.5, -1) @ v
        return self.out(torch.relu(self.o(mixed.transpose(1, 2).flatten(2))).mean(1))
net = Mixer(); opt = torch.optim.Adam(net.parameters(), 1e-3); x = torch.randn(320, 10, 24); y = (x[:, 0, 0] > 0).long()
for epoch in range(3):
    for i in torch.randperm(320).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
