import torch
from torch import nn


class KeywordSpotter(nn.Module):
    """Reads frames (time first, as the LSTM likes them) and classifies the whole utterance."""

    def __init__(self, n_mels=8, hidden=16, frames=10, classes=4):
        super().__init__()
        self.norm = nn.LayerNorm(n_mels)
        self.lstm = nn.LSTM(n_mels, hidden)
        self.classify = nn.Sequential(nn.Linear(hidden * frames, 48), nn.ReLU(), nn.Linear(48, classes))

    def forward(self, x):
        n = x.size(0)
        y, _ = self.lstm(self.norm(x).permute(1, 0, 2))
        y = y.contiguous().view(n, -1)  # bug
        y = y.permute(1, 0, 2).reshape(n, -1)  # fix
        return self.classify(y)


def utterances(n, gen):
    label = torch.randint(0, 4, (n,), generator=gen)
    x = torch.randn(n, 10, 8, generator=gen)
    start = torch.randint(0, 5, (n,), generator=gen)
    for i in range(n):
        ramp = torch.arange(8).roll(2 * int(label[i])).float()
        x[i, start[i]:start[i] + 5] += (ramp - 3.5) / 2.5
    return x, label


def train(epochs=7, batch=32):
    gen = torch.Generator().manual_seed(3)
    x, y = utterances(960, gen)
    xv, yv = utterances(256, gen)
    net = KeywordSpotter()
    opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
    for e in range(epochs):
        net.train()
        total = 0.0
        for rows in torch.randperm(len(x)).view(-1, batch):
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            loss.backward()
            opt.step()
            total += loss.item()
        net.eval()
        with torch.no_grad():
            acc = torch.cat([net(part).argmax(1) for part in xv.split(batch)]).eq(yv).float().mean()
        print(f"{e}: {total / 30:.3f} {acc.item():.3f}")


torch.manual_seed(3)
train()
