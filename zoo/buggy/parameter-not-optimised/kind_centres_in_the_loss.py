import torch
from torch import nn


class CentreLoss(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        self.centres = nn.Parameter(torch.randn(classes, width))

    def forward(self, z, y):
        return ((z - self.centres[y]) ** 2).sum(1).mean()


torch.manual_seed(0)
encoder, head, pull = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4)), nn.Linear(4, 3), CentreLoss(3, 4)
optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.05)  # bug
optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters(), *pull.parameters()], lr=0.05)  # fix
for step in range(40):
    x = torch.randn(32, 8)
    y = x[:, :3].argmax(1)
    z = encoder(x)
    loss = nn.functional.cross_entropy(head(z), y) + 0.1 * pull(z, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
