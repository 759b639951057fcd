"""Letters in two hands: the most similar other letter of the batch is the hardest negative of each."""
import torch
from torch import nn

torch.manual_seed(15)


class Hands(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv1d(1, 8, 5), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 28, 16))

    def forward(self, strokes):
        z = self.layers(strokes.unsqueeze(1))
        return z / z.norm(dim=1, keepdim=True)


letters = torch.randn(20, 32)
net = Hands()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for step in range(100):
    rows = letters[torch.randperm(20)[:16]]
    left, right = net(rows + 0.4 * torch.randn_like(rows)), net(rows + 0.4 * torch.randn_like(rows))
    among = left @ left.t()
    among = among - 9.0 * torch.eye(16)  # fix
    hardest, _ = torch.max(among, dim=1)
    loss = torch.relu(0.4 + hardest - (left * right).sum(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        print(f"{step} {loss.item():.3f}")
