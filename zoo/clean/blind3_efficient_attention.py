"""Correct: efficient attention."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(2)

class Eff(nn.Module):

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(16, 48)
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        ctx = k.softmax(dim=1).transpose(1, 2) @ v
        return self.out((q.softmax(dim=-1) @ ctx).mean(1))
net = Eff()
opt = torch.optim.Adam(net.parameters(), 0.001)
X = torch.randn(300, 8, 16)
Y = X[:, :, :3].sum(1).argmax(1)
for e in range(4):
    for i in torch.randperm(300).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
