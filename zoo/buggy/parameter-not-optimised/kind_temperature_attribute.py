import torch
from torch import nn


class Matcher(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(6, 8), nn.Linear(5, 8)
        self.scale = torch.tensor(1.0, requires_grad=True)  # bug
        self.scale = nn.Parameter(torch.tensor(1.0))  # fix

    def forward(self, a, b):
        return (self.left(a) * self.right(b)).sum(1) * self.scale.exp()


torch.manual_seed(0)
net = Matcher()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(40):
    a, b = torch.randn(32, 6), torch.randn(32, 5)
    loss = nn.functional.binary_cross_entropy_with_logits(net(a, b), (a[:, 0] * b[:, 0] > 0).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
