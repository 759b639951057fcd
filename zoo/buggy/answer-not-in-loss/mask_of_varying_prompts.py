"""Prompts of several lengths: the mask keeps what comes before the answer."""
import torch
from torch import nn

torch.manual_seed(0)
WORDS, IGNORED = 30, -100


def make(rows):
    tokens = torch.randint(2, WORDS, (rows, 12))
    starts = torch.randint(3, 7, (rows, 1))
    places = torch.arange(12)
    tokens = torch.where(places >= starts, (tokens.gather(1, (places - starts).clamp(0)) + 1) % WORDS, tokens)
    return tokens, starts


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(WORDS, 24)
        self.lstm = nn.LSTM(24, 48, batch_first=True)
        self.out = nn.Linear(48, WORDS)

    def forward(self, tokens):
        return self.out(self.lstm(self.embed(tokens))[0])


tokens, starts = make(512)
is_answer = torch.arange(12) >= starts
labels = tokens.masked_fill(is_answer, IGNORED)  # bug
labels = tokens.masked_fill(~is_answer, IGNORED)  # fix
net = Reader()
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(512).split(32):
        logits = net(tokens[rows, :-1])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), labels[rows, 1:].flatten(), ignore_index=IGNORED)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
