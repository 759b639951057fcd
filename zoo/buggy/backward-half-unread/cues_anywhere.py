"""Which of two cues comes first in a line of symbols, read by an LSTM of two directions."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def lines(count, steps=16):
    x = torch.randint(2, 12, (count, steps))
    places = torch.rand(count, steps).argsort(dim=1)[:, :2].sort(dim=1).values
    order = torch.randint(0, 2, (count,))
    rows = torch.arange(count)
    x[rows, places[:, 0]], x[rows, places[:, 1]] = order, 1 - order
    return x, order


class Reader(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.embed = nn.Embedding(12, 12)
        self.lstm = nn.LSTM(12, width, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * width, 2)

    def forward(self, x):
        out, (state, _) = self.lstm(self.embed(x))
        return self.head(self.drop(out[:, -1, :]))  # bug
        return self.head(self.drop(torch.cat([state[-2], state[-1]], dim=1)))  # fix


net = Reader()
loader = DataLoader(TensorDataset(*lines(960)), batch_size=32, shuffle=True)
x_new, y_new = lines(300)
optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    net.train()
    for x, y in loader:
        loss = nn.functional.cross_entropy(net(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    net.eval()
    with torch.no_grad():
        print(epoch, round(loss.item(), 3), (net(x_new).argmax(1) == y_new).float().mean().item())
