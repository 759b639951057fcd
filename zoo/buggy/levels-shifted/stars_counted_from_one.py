"""Stars from 1 to 5, with a shared score and a threshold for each step; the loss is written out."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)
x = torch.randn(900, 7)
stars = ((x[:, 0] + x[:, 1] - x[:, 2] + 0.3 * torch.randn(900)) * 0.8 + 3).round().clamp(1, 5).long()
train = DataLoader(TensorDataset(x[:700], stars[:700]), batch_size=35, shuffle=True)


class Ordinal(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(7, 16), nn.Tanh(), nn.Linear(16, 1, bias=False))
        self.thresholds = nn.Parameter(torch.tensor([1.0, 0.4, -0.4, -1.0]))

    def forward(self, x):
        return self.score(x) + self.thresholds


def ordinal_loss(logits, y):
    target = (y.unsqueeze(1) > torch.arange(4)).float()  # bug
    target = (y.unsqueeze(1) > torch.arange(1, 5)).float()  # fix
    log_yes = F.logsigmoid(logits)
    return -(target * log_yes + (1 - target) * (log_yes - logits)).sum(1).mean()


net = Ordinal()
optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
for epoch in range(5):
    net.train()
    for inputs, y in train:
        loss = ordinal_loss(net(inputs), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        guess = 1 + (net(x[700:]) > 0).sum(1)
        print(epoch, (guess - stars[700:]).abs().float().mean().item())
