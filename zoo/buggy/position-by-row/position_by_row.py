import math

import torch
from torch import nn
torch.manual_seed(0)
class Positions(nn.Module):
    def __init__(self, d, length=64):
        super().__init__()
        pe = torch.zeros(length, d)
        at = torch.arange(length).float()[:, None]
        div = torch.exp(torch.arange(0, d, 2).float() * (-math.log(10000.0) / d))
        pe[:, 0::2], pe[:, 1::2] = torch.sin(at * div), torch.cos(at * div)
        self.register_buffer("pe", pe[:, None])  # bug
        self.register_buffer("pe", pe[None])  # fix
    def forward(self, x):
        return x + self.pe[: x.size(0)]  # bug
        return x + self.pe[:, : x.size(1)]  # fix
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        self.positions = Positions(16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.out = nn.Linear(16, 2)
    def forward(self, tokens):
        return self.out(self.encoder(self.positions(self.embed(tokens))).mean(1))
net = Classifier()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randint(0, 20, (256, 9))
y = (x[:, 0] > x[:, -1]).long()
for epoch in range(3):
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
