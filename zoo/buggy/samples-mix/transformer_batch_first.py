"""A transformer encoder without batch_first."""
import torch
from torch import nn
torch.manual_seed(0)
class Clf(nn.Module):
    def __init__(self, first):
        super().__init__()
        self.emb = nn.Embedding(50, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=first)
        self.enc = nn.TransformerEncoder(layer, 1)
        self.head = nn.Linear(16, 2)
    def forward(self, ids):
        return self.head(self.enc(self.emb(ids)).mean(1))
model = Clf(False)  # bug
model = Clf(True)  # fix
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
ids = torch.randint(0, 50, (30, 12)); y = torch.randint(0, 2, (30,))
for i in range(4):
    loss = nn.functional.cross_entropy(model(ids), y)
    opt.zero_grad(); loss.backward(); opt.step()
