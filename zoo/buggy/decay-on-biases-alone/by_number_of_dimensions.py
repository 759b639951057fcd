"""Heart sounds, one dimension: parameters are sorted into two lists by their dimensions before the optimiser is made."""
import torch
import torch.nn.functional as F
from torch import nn


class Beats(nn.Module):
    def __init__(self, channels=12):
        super().__init__()
        self.front = nn.Conv1d(1, channels, 7, stride=2)
        self.norm = nn.BatchNorm1d(channels)
        self.back = nn.Conv1d(channels, channels, 5, stride=2)
        self.out = nn.Linear(channels, 3)

    def forward(self, x):
        x = F.relu(self.norm(self.front(x)))
        return self.out(F.relu(self.back(x)).mean(2))


def optimiser_for(model):
    flat = [p for p in model.parameters() if p.requires_grad and p.ndim < 2]
    deep = [p for p in model.parameters() if p.requires_grad and p.ndim >= 2]
    return torch.optim.AdamW(
        [
            {"params": deep, "weight_decay": 0.05},  # fix
            {"params": flat, "weight_decay": 0.0},  # fix
            {"params": flat, "weight_decay": 0.05},  # bug
            {"params": deep, "weight_decay": 0.0},  # bug
        ],
        lr=2e-3,
    )


torch.manual_seed(5)
kind = torch.randint(3, (480,))
time = torch.linspace(0, 6.28, 96)
sounds = torch.sin(time * (2.0 + 3.0 * kind[:, None]) + 6.28 * torch.rand(480, 1)) + 0.4 * torch.randn(480, 96)
model = Beats()
optimiser = optimiser_for(model)
for epoch in range(3):
    model.train()
    for rows in torch.randperm(360).split(40):
        optimiser.zero_grad()
        F.cross_entropy(model(sounds[rows, None]), kind[rows]).backward()
        optimiser.step()
    model.eval()
    with torch.no_grad():
        right = (model(sounds[360:, None]).argmax(1) == kind[360:]).float().mean().item()
    print(f"epoch {epoch}: {right:.3f}")
