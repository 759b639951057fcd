import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class LogLines(IterableDataset):
    """Stands for a large file of measurements, read line by line."""

    def __init__(self, lines):
        self.lines = lines

    def parse(self, line):
        *values, target = (float(v) for v in line.split(","))
        return torch.tensor(values), torch.tensor(target)

    def __iter__(self):
        lines = iter(self.lines)
        info = get_worker_info()  # fix
        if info is not None:  # fix
            lines = iter(self.lines[info.id::info.num_workers])  # fix
        for line in lines:
            yield self.parse(line)


def make_lines(n=300):
    g = torch.Generator().manual_seed(4)
    x = torch.randn(n, 3, generator=g)
    y = x[:, 0] * x[:, 1] + x[:, 2]
    return [",".join(f"{v:.5f}" for v in (*row.tolist(), t.item())) for row, t in zip(x, y)]


if __name__ == "__main__":
    torch.manual_seed(0)
    loader = DataLoader(LogLines(make_lines()), batch_size=15, num_workers=2)
    net = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(2):
        total, count = 0.0, 0
        for x, y in loader:
            loss = nn.functional.mse_loss(net(x).flatten(), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total, count = total + loss.item() * len(y), count + len(y)
        print(epoch, total / count)
