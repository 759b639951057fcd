"""Correct: slot attention."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(1)

class Slots(nn.Module):

    def __init__(self):
        super().__init__()
        self.s = nn.Parameter(torch.randn(1, 4, 16))
        self.q, self.k, self.v = (nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16))
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        q = self.q(self.s.expand(len(x), -1, -1))
        k, v = (self.k(x), self.v(x))
        a = (q @ k.transpose(1, 2) / 4).softmax(dim=1) + 1e-08
        a = a / a.sum(-1, keepdim=True)
        return self.out((a @ v).mean(1))
net = Slots()
opt = torch.optim.Adam(net.parameters(), 0.001)
X = torch.randn(300, 7, 16)
Y = X[:, :, :3].sum(1).argmax(1)
for e in range(4):
    for i in torch.randperm(300).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
