"""Correct: masked mean embeddings pad row."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(20)

class Bag(nn.Module):

    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(30, 16, padding_idx=0)
        nn.init.normal_(self.e.weight)
        self.f = nn.Linear(16, 2)

    def forward(self, x):
        m = (x != 0).unsqueeze(2).float()
        return self.f((self.e(x) * m).sum(1) / m.sum(1).clamp(min=1))
X = torch.randint(1, 30, (300, 8))
L = torch.randint(2, 9, (300,))
X[torch.arange(8)[None] >= L[:, None]] = 0
Y = (X == 5).any(1).long()
net = Bag()
opt = torch.optim.Adam(net.parameters(), 0.01)
for e in range(4):
    for i in torch.randperm(300).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
