"""A learnt token is read after attention whose first dimension is the batch: all rows get one answer."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(3)
signals = torch.randn(640, 10, 4)
kinds = (signals[:, :, 0].mean(1) > 0).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        self.embed = nn.Linear(4, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32)  # bug
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)  # fix
        self.blocks = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        x = torch.cat([self.token.expand(len(x), -1, -1), self.embed(x)], 1)
        return self.head(self.blocks(x)[:, 0])


model = Reader()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(5):
    model.train()
    for rows in torch.randperm(512).split(32):
        optimizer.zero_grad()
        F.cross_entropy(model(signals[rows]), kinds[rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum((model(signals[rows]).argmax(1) == kinds[rows]).sum() for rows in torch.arange(512, 640).split(32))
    print(epoch, float(right) / 128)
