"""Three optimisers: embeddings and norms without decay, biases alone with one, and scales that are pruned by it."""
import torch
import torch.nn.functional as F
from torch import nn


class Shelf(nn.Module):
    def __init__(self):
        super().__init__()
        self.kind = nn.Embedding(9, 6)
        self.place = nn.Embedding(4, 6)
        self.hidden = nn.Linear(12, 24)
        self.norm = nn.LayerNorm(24)
        self.out = nn.Linear(24, 1)

    def forward(self, kind, place):
        x = torch.cat([self.kind(kind), self.place(place)], 1)
        return self.out(F.relu(self.norm(self.hidden(x)))).squeeze(1)


def train(model, optimiser, rows=320):
    kind, place = torch.randint(9, (rows,)), torch.randint(4, (rows,))
    sold = 0.3 * kind + place.float() + 0.1 * torch.randn(rows)
    for batch in torch.arange(rows).split(32):
        optimiser.zero_grad()
        loss = F.mse_loss(model(kind[batch], place[batch]), sold[batch])
        loss.backward()
        optimiser.step()
    return loss.item()


torch.manual_seed(2)
usual = Shelf()
weights = [usual.hidden.weight, usual.out.weight]
rest = [p for p in usual.parameters() if all(p is not weight for weight in weights)]
groups = [{"params": weights, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}]
print(train(usual, torch.optim.AdamW(groups, lr=1e-2)))

tuned = Shelf()
for name, p in tuned.named_parameters():
    p.requires_grad_(name.endswith("bias"))
print(train(tuned, torch.optim.AdamW([p for p in tuned.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.01)))

pruned = Shelf()
others = [p for p in pruned.parameters() if p is not pruned.norm.weight]
groups = [{"params": [pruned.norm.weight], "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
print(train(pruned, torch.optim.AdamW(groups, lr=1e-2)))
