import torch
from torch import nn


class Pooled(nn.Module):
    """Tokens and a mask go in by name; logits and the loss come out by name."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(40, 16)
        self.attend = nn.MultiheadAttention(16, 2)  # bug
        self.attend = nn.MultiheadAttention(16, 2, batch_first=True)  # fix
        self.out = nn.Linear(16, 2)

    def forward(self, tokens=None, labels=None):
        h = self.embed(tokens)
        h = h + self.attend(h, h, h)[0]
        logits = self.out(h.mean(1))
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


torch.manual_seed(0)
net = Pooled()
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
for step in range(30):
    tokens = torch.randint(0, 40, (24, 7))
    batch = {"tokens": tokens, "labels": (tokens < 5).any(1).long()}
    optimizer.zero_grad()
    net(**batch)["loss"].backward()
    optimizer.step()
