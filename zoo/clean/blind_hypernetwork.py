import torch
import torch.nn.functional as F
from torch import nn


class HyperNet(nn.Module):
    """Makes the weights of a small net from a description of the task."""

    def __init__(self, n_task=3, n_in=2, hidden=16):
        super().__init__()
        self.shapes = [(hidden, n_in), (hidden,), (1, hidden), (1,)]
        total = sum(torch.Size(s).numel() for s in self.shapes)
        self.make = nn.Sequential(nn.Linear(n_task, 32), nn.ReLU(), nn.Linear(32, total))

    def forward(self, task, x):             # task: B x 3, x: B x N x 2
        flat, weights, at = self.make(task), [], 0
        for shape in self.shapes:
            n = torch.Size(shape).numel()
            weights.append(flat[:, at:at + n].unflatten(1, shape))
            at += n
        w1, b1, w2, b2 = weights
        h = torch.tanh(torch.einsum("bni,bhi->bnh", x, w1) + b1[:, None])
        return (torch.einsum("bnh,boh->bno", h, w2) + b2[:, None]).squeeze(-1)


def sample(tasks=16, points=24):
    task = torch.randn(tasks, 3)
    x = torch.randn(tasks, points, 2)
    y = task[:, :1] * x[..., 0] + task[:, 1:2] * x[..., 1] + task[:, 2:]
    return task, x, y


torch.manual_seed(0)
model = HyperNet()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(60):
    task, x, y = sample()
    loss = F.mse_loss(model(task, x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
