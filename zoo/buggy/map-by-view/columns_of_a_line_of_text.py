"""Signs are read from left to right: a column of the map is a step of a GRU, or would be, had the map been turned."""
import torch
from torch import nn

torch.manual_seed(0)
signs = torch.randn(6, 8, 5)  # 8 high, 5 wide


def lines(n):
    letters = torch.randint(0, 6, (n, 4))
    images = torch.cat([signs[letters[:, i]] for i in range(4)], dim=2)
    return (images + 0.8 * torch.randn(n, 8, 20))[:, None], letters


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d((2, 1)))
        self.rnn = nn.LSTM(12 * 4, 32, batch_first=True, bidirectional=True)
        self.head = nn.Linear(64, 6)

    def forward(self, images):
        maps = self.conv(images)  # (N, 12, 4, 20)
        columns = maps.reshape(maps.shape[0], maps.shape[3], -1)  # bug
        columns = maps.permute(0, 3, 1, 2).reshape(maps.shape[0], maps.shape[3], -1)  # fix
        out, _ = self.rnn(columns)
        return self.head(out[:, 2::5])


net = Reader()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
x_valid, y_valid = lines(150)
for epoch in range(5):
    x, y = lines(500)
    net.train()
    for i in range(0, 500, 25):
        loss = nn.functional.cross_entropy(net(x[i : i + 25]).flatten(0, 1), y[i : i + 25].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(f"epoch {epoch}: {(net(x_valid).argmax(2) == y_valid).float().mean():.3f} of the letters")
