import torch
from torch import nn

torch.manual_seed(11)
STATES, SYMBOLS, COLUMNS, CHUNK = 4, 9, 16, 20


def emit(n):
    move = torch.distributions.Categorical(0.15 * torch.rand(STATES, STATES) + 0.85 * torch.roll(torch.eye(STATES), 1, 1))
    show = torch.distributions.Categorical(torch.softmax(2.5 * torch.randn(STATES, SYMBOLS), 1))
    s, out = 0, []
    for _ in range(n):
        s = move.sample()[s].item()
        out.append(show.sample()[s].item())
    return torch.tensor(out)


class Stream(nn.Module):
    def __init__(self, hidden=40):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(SYMBOLS, 16), nn.LSTM(16, hidden), nn.Linear(hidden, SYMBOLS)

    def forward(self, x, state=None):
        y, state = self.rnn(self.emb(x), state)
        return self.out(y), state


def columns(seq):
    usable = len(seq) // COLUMNS * COLUMNS
    return seq[:usable].view(COLUMNS, -1).t().contiguous()


def chunks(cols):
    for t in range(0, len(cols) - 1, CHUNK):
        end = min(t + CHUNK, len(cols) - 1)
        yield cols[t:end], cols[t + 1:end + 1]


seq = emit(6400)
train, valid = columns(seq[:4800]), columns(seq[4800:])
net = Stream()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    net.train()
    state, total, n = None, 0.0, 0
    for x, y in chunks(train):
        logits, state = net(x, state)
        state = tuple(s.detach() for s in state)
        loss = nn.functional.cross_entropy(logits.view(-1, SYMBOLS), y.view(-1))
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        total, n = total + loss.item() * y.numel(), n + y.numel()
    net.eval()
    with torch.no_grad():
        state, held, m = None, 0.0, 0
        for x, y in chunks(valid):
            logits, state = net(x, state)
            held += nn.functional.cross_entropy(logits.view(-1, SYMBOLS), y.view(-1), reduction="sum").item()
            m += y.numel()
    print(epoch, f"train {total / n:.3f} valid {held / m:.3f}")
