"""A masked language model: labels are the same tensor as the tokens that are masked."""

import torch
import torch.nn as nn

torch.manual_seed(0)
V, MASK = 60, 1


class BERT(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(V, 48)
        self.p = nn.Parameter(torch.randn(16, 48) * 0.02)
        self.t = nn.TransformerEncoder(nn.TransformerEncoderLayer(48, 4, 64, 0.0, batch_first=True), 1)
        self.o = nn.Linear(48, V)

    def forward(self, x):
        return self.o(self.t(self.e(x) + self.p))


start = torch.randint(2, V, (600, 1))
data = (start + torch.arange(16) * 3 - 2) % (V - 2) + 2
net = BERT()
optimizer = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(5):
    for i in torch.randperm(600).split(30):
        ids = data[i]
        labels = ids  # bug
        labels = ids.clone()  # fix
        hide = torch.rand(ids.shape) < 0.2
        ids[hide] = MASK
        logits = net(ids)
        loss = nn.functional.cross_entropy(logits[hide], labels[hide])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
