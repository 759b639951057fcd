"""Multi-label head; sigmoid in forward, logits loss in the trainer with pos_weight."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.EmbeddingBag(500, 32)
        self.out = nn.Linear(32, 6)
    def forward(self, ids):
        h = self.out(self.embed(ids))
        return F.sigmoid(h)  # bug
        return h  # fix
model = Tagger()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
ids = torch.randint(0, 500, (128, 20))
tags = (torch.rand(128, 6) > 0.7).float()
for epoch in range(8):
    for k in range(0, 128, 32):
        probs = model(ids[k:k + 32])
        loss = F.binary_cross_entropy_with_logits(probs, tags[k:k + 32], pos_weight=torch.full((6,), 2.0))
        opt.zero_grad()
        loss.backward()
        opt.step()
