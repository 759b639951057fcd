"""Series of several lengths are turned to (steps, rows) for an LSTM and back, and the end of the row is read."""
import torch
from torch import nn

torch.manual_seed(0)
LONGEST = 30
lengths = torch.randint(6, LONGEST + 1, (500,))
slopes = torch.randn(500)
steps = torch.arange(LONGEST)[None, :, None]
series = 0.1 * slopes[:, None, None] * steps + 0.5 * torch.randn(500, LONGEST, 3)
series[(steps >= lengths[:, None, None]).expand(500, LONGEST, 3)] = 0.0  # the sensor was taken off
labels = (slopes > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 20)
        self.head = nn.Linear(20, 2)

    def forward(self, x, lengths):
        out, _ = self.rnn(x.permute(1, 0, 2))
        out = out.permute(1, 0, 2)
        return self.head(out[:, -1])  # bug
        return self.head(out[torch.arange(len(x)), lengths - 1])  # fix


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for rows in torch.randperm(400).split(25):
        loss = nn.functional.cross_entropy(net(series[rows], lengths[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (net(series[400:], lengths[400:]).argmax(1) == labels[400:]).float().mean()
    print(f"epoch {epoch}: {right:.3f}")
