import torch
import torch.nn as nn

text = "the quick brown fox jumps over the lazy dog while the small cat sleeps under the old tree " * 12
chars = sorted(set(text))
data = torch.tensor([chars.index(c) for c in text])


class CharLSTM(nn.Module):
    def __init__(self, n, hidden=40):
        super().__init__()
        self.emb = nn.Embedding(n, 16)
        self.lstm = nn.LSTM(16, hidden, batch_first=True)
        self.out = nn.Linear(hidden, n)

    def forward(self, ids):
        states, _ = self.lstm(self.emb(ids))
        return self.out(states)


def batches(length=25, size=16, steps=40):
    for _ in range(steps):
        starts = torch.randint(0, len(data) - length - 1, (size,))
        yield (torch.stack([data[s:s + length] for s in starts]),
               torch.stack([data[s + 1:s + length + 1] for s in starts]))


torch.manual_seed(0)
model = CharLSTM(len(chars))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for i, (inputs, targets) in enumerate(batches()):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)  # fix
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)  # bug
    if i % 10 == 0:
        print(i, loss.item())
