import torch
from torch import nn

TEXT = " ".join(
    f"{a} {b} {c}." for a in ("the cat", "a dog", "my bird", "one fox") for b in ("sees", "likes", "hunts", "finds", "fears")
    for c in ("the mouse", "a big tree", "old stones", "its own tail", "some water")
)
CHARS = sorted(set(TEXT))
CODE = torch.tensor([CHARS.index(c) for c in TEXT])


class CharRNN(nn.Module):
    def __init__(self, n, dim=16, hidden=48):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(n, dim), nn.GRU(dim, hidden, batch_first=True), nn.Linear(hidden, n)

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])


class Step:
    def __init__(self, model, opt, max_norm):
        self.model, self.opt, self.max_norm = model, opt, max_norm

    def clip(self):
        return nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)

    def __call__(self, x, y):
        self.opt.zero_grad()
        logits = self.model(x)
        loss = nn.functional.cross_entropy(logits.transpose(1, 2), y)
        self.clip()  # bug
        loss.backward()
        self.clip()  # fix
        self.opt.step()
        return loss.item()


def windows(length=32):
    starts = torch.arange(0, len(CODE) - length - 1, 5)
    rows = torch.stack([CODE[s:s + length + 1] for s in starts.tolist()])
    return rows[:, :-1], rows[:, 1:]


torch.manual_seed(193)
x, y = windows()
model = CharRNN(len(CHARS))
step = Step(model, torch.optim.Adam(model.parameters(), lr=5e-3), max_norm=0.25)
for epoch in range(8):
    model.train()
    losses = [step(x[i], y[i]) for i in torch.randperm(len(x)).split(32)]
    print(f"{epoch} {sum(losses) / len(losses):.3f}")

model.eval()
text = "the"
with torch.no_grad():
    for _ in range(30):
        ids = torch.tensor([[CHARS.index(c) for c in text]])
        text += CHARS[model(ids)[0, -1].argmax().item()]
print(text)
