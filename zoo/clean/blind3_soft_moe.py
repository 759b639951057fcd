"""Correct: soft moe."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(3)

class SoftMoE(nn.Module):

    def __init__(self):
        super().__init__()
        self.phi = nn.Parameter(torch.randn(16, 8))
        self.e = nn.ModuleList([nn.Linear(16, 16) for _ in range(8)])
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        logits = x @ self.phi
        d = logits.softmax(dim=1)
        c = logits.softmax(dim=2)
        slots = d.transpose(1, 2) @ x
        y = torch.stack([f(slots[:, i]) for i, f in enumerate(self.e)], 1)
        return self.out((c @ y).mean(1))
net = SoftMoE()
opt = torch.optim.Adam(net.parameters(), 0.001)
X = torch.randn(300, 8, 16)
Y = X[:, :, :3].sum(1).argmax(1)
for e in range(4):
    for i in torch.randperm(300).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
