"""A language model: the mean of the perplexities of batches."""

import torch
import torch.nn as nn
import math
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(30, 24)
        self.r = nn.LSTM(24, 32, batch_first=True)
        self.o = nn.Linear(32, 30)

    def forward(self, x):
        return self.o(self.r(self.e(x))[0])


start = torch.randint(0, 30, (500, 1))
ids = (start + torch.arange(11)) % 30
ids[torch.rand(ids.shape) < 0.2] = 7
tr, va = DataLoader(TensorDataset(ids[:400]), 20, shuffle=True), DataLoader(TensorDataset(ids[400:]), 25)
net = LM()
optimizer = torch.optim.Adam(net.parameters(), 3e-3)
ce = nn.CrossEntropyLoss()


def evaluate():
    net.eval()
    total = 0
    with torch.no_grad():
        for (b,) in va:
            out = net(b[:, :-1])
            loss = ce(out.reshape(-1, 30), b[:, 1:].reshape(-1))
            total += math.exp(loss.item())  # bug
            total += loss.item()  # fix
    net.train()
    return total / len(va)  # bug
    return math.exp(total / len(va))  # fix


for epoch in range(4):
    for (b,) in tr:
        out = net(b[:, :-1])
        loss = ce(out.reshape(-1, 30), b[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, "ppl", evaluate())
