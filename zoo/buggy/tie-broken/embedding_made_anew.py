"""A language model ties its two matrices, and then gives the embedding new values as a new parameter."""

import torch
import torch.nn as nn

torch.manual_seed(0)
V = 40


class LM(nn.Module):
    def __init__(self, tie=True):
        super().__init__()
        self.tie = tie
        self.emb = nn.Embedding(V, 32)
        self.rnn = nn.GRU(32, 32, batch_first=True)
        self.out = nn.Linear(32, V)
        self.out.weight = self.emb.weight  # bug
        for mod in self.modules():
            if isinstance(mod, nn.Embedding):
                mod.weight = nn.Parameter(torch.randn(V, 32) * 0.02)
        self.out.weight = self.emb.weight  # fix

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])


start = torch.randint(0, V, (500, 1))
ids = (start + torch.arange(9) * 2) % V
net = LM()
optimizer = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(5):
    for i in torch.randperm(500).split(25):
        o = net(ids[i, :-1])
        loss = nn.functional.cross_entropy(o.reshape(-1, V), ids[i, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
