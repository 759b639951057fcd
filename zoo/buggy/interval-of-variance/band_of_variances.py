"""A forecast with a variance, whose band is two variances wide."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(18)
hours = torch.rand(600, 2)
load = 3 * hours[:, :1] + (0.2 + hours[:, 1:]) * 0.3 * torch.randn(600, 1)


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(2, 32), nn.SiLU())
        self.centre, self.width = nn.Linear(32, 1), nn.Linear(32, 1)

    def forward(self, x):
        h = self.shared(x)
        return self.centre(h), F.softplus(self.width(h)) + 1e-4


model = Forecast()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(500).split(50):
        centre, spread = model(hours[rows])
        loss = F.gaussian_nll_loss(centre, load[rows], spread)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    centre, spread = model(hours[500:])
    inside = (load[500:] > centre - 2 * spread) & (load[500:] < centre + 2 * spread)  # bug
    inside = (load[500:] > centre - 2 * spread.sqrt()) & (load[500:] < centre + 2 * spread.sqrt())  # fix
    print("inside the band", inside.float().mean().item())
