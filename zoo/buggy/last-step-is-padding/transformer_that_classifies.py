"""A transformer that reads from left to right classifies by its last place, which is padding."""

import torch
import torch.nn as nn

torch.manual_seed(0)
PAD = 0


class GPTClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(40, 32, padding_idx=PAD)
        self.p = nn.Parameter(torch.randn(14, 32) * 0.1)
        self.l = nn.TransformerEncoderLayer(32, 4, 64, 0.0, batch_first=True)
        self.h = nn.Linear(32, 2)

    def forward(self, ids):
        T = ids.shape[1]
        mask = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
        x = self.l(self.e(ids) + self.p[:T], src_mask=mask)
        return self.h(x[:, -1])  # bug
        return self.h(x[torch.arange(len(ids)), (ids != PAD).sum(1) - 1])  # fix


lens = torch.randint(3, 15, (500,))
ids = torch.randint(1, 40, (500, 14))
ids[torch.arange(14)[None] >= lens[:, None]] = PAD
y = (ids[torch.arange(500), lens - 1] > 20).long()
net = GPTClassifier()
optimizer = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(5):
    for i in torch.randperm(500).split(25):
        loss = nn.functional.cross_entropy(net(ids[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
