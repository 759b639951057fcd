"""One number ends a text and fills the rest of the row; by the lengths only the first of them is a target."""

import torch
from torch import nn
from torch.nn import functional

END, LETTERS, WIDTH, IGNORED = 0, 12, 9, -100


def batch(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Texts that count upwards from a random letter, each of its own length, and the same as labels up to the end."""
    lengths = torch.randint(3, WIDTH - 1, (rows,))
    first = torch.randint(0, LETTERS - 1, (rows, 1))
    letters = 1 + (first + torch.arange(WIDTH)) % (LETTERS - 1)
    place = torch.arange(WIDTH)
    tokens = torch.where(place < lengths[:, None], letters, END)
    return tokens, torch.where(place <= lengths[:, None], tokens, IGNORED)


class Writer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(LETTERS, 24)
        self.memory = nn.GRU(24, 48, batch_first=True)
        self.head = nn.Linear(48, LETTERS)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.head(self.memory(self.letters(tokens))[0])


torch.manual_seed(0)
net = Writer()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(150):
    tokens, labels = batch(32)
    logits = net(tokens)[:, :-1]
    loss = functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=IGNORED)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
