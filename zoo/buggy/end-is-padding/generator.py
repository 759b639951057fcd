"""One token pads texts and ends them, and the loss leaves all of it out: nothing teaches the net to stop."""
import torch
from torch import nn
torch.manual_seed(0)
PAD, BOS, EOS = 0, 1, 0  # bug
PAD, BOS, EOS = 0, 1, 2  # fix
LONGEST = 12
def text():
    n = int(torch.randint(3, 10, ())); start = int(torch.randint(3, 8, ()))
    return [BOS, *(3 + (start + k) % 9 for k in range(n)), EOS]
def batch(size):
    rows = [text() for _ in range(size)]
    out = torch.full((size, LONGEST), PAD)
    for row, tokens in zip(out, rows): row[: len(tokens)] = torch.tensor(tokens)
    return out
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.e = nn.Embedding(12, 24); self.g = nn.GRU(24, 32, batch_first=True); self.h = nn.Linear(32, 12)
    def forward(self, t): return self.h(self.g(self.e(t))[0])
net = Net(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for step in range(60):
    t = batch(16)
    loss = nn.functional.cross_entropy(net(t[:, :-1]).flatten(0, 1), t[:, 1:].flatten(), ignore_index=PAD)
    opt.zero_grad(); loss.backward(); opt.step()
out = [BOS]
with torch.no_grad():
    while len(out) < 30:
        out.append(int(net(torch.tensor([out]))[0, -1].argmax()))
        if out[-1] == EOS: break
