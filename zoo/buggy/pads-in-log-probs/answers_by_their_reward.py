"""Answers are trained on by their rewards; the losses of their tokens are summed up."""
import torch
from torch import nn

torch.manual_seed(3)
WORDS, PAD = 30, 0


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.body, self.out = nn.Embedding(WORDS, 24), nn.GRU(24, 24, batch_first=True), nn.Linear(24, WORDS)

    def forward(self, ids):
        return self.out(self.body(self.words(ids))[0])


def draw(rows=24, longest=11):
    first = torch.randint(1, WORDS, (rows, 1))
    step = torch.randint(1, 3, (rows, 1))
    ids = (first + step * torch.arange(longest)) % (WORDS - 1) + 1
    lengths = torch.randint(4, longest + 1, (rows, 1))
    return ids.masked_fill(torch.arange(longest) >= lengths, PAD), (step[:, 0] == 1).float() * 2 - 0.5


net = Writer()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for batch in range(60):
    ids, reward = draw()
    targets = ids[:, 1:]
    losses = nn.functional.cross_entropy(net(ids[:, :-1]).flatten(0, 1), targets.flatten(), reduction="none")
    losses = losses.view(targets.shape)
    losses = losses * (targets != PAD)  # fix
    loss = (losses.sum(1) * reward).mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
print(loss.item())
