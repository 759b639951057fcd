"""An autoencoder of two halves: the second half's loss is assigned where it was meant to be added."""
import torch
from torch import nn

torch.manual_seed(0)


class TwoViews(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 6))
        self.left = nn.Linear(6, 12)
        self.right = nn.Linear(6, 8)

    def forward(self, x):
        code = self.encode(x)
        return self.left(code), self.right(code)


def train(net, data, epochs):
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for epoch in range(epochs):
        for rows in torch.randperm(len(data)).split(32):
            batch = data[rows]
            left, right = net(batch)
            loss = criterion(left, batch[:, :12])
            loss = criterion(right, batch[:, 12:])  # bug
            loss = loss + criterion(right, batch[:, 12:])  # fix
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: {loss.item():.3f}")


hidden = torch.randn(640, 5)
train(TwoViews(), hidden @ torch.randn(5, 20) + 0.1 * torch.randn(640, 20), 5)
