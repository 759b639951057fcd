"""The divergence squares the logarithm of the variance, as if the net gave a deviation."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
rows = torch.tensor(load_digits().data / 16, dtype=torch.float32)


class Coder(nn.Module):
    def __init__(self, width=48, codes=6):
        super().__init__()
        self.inner, self.both = nn.Linear(64, width), nn.Linear(width, 2 * codes)
        self.outer = nn.Sequential(nn.Linear(codes, width), nn.ReLU(), nn.Linear(width, 64))

    def forward(self, x):
        mean, log_var = self.both(torch.relu(self.inner(x))).chunk(2, dim=1)
        code = mean + torch.randn_like(mean) * torch.exp(log_var / 2)
        return self.outer(code), mean, log_var


model = Coder()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(4):
    for part in torch.randperm(len(rows)).split(64):
        out, mean, log_var = model(rows[part])
        rebuilt = nn.functional.binary_cross_entropy_with_logits(out, rows[part], reduction="none").sum(1)
        divergence = -0.5 * (1 + torch.log(log_var**2 + 1e-7) - mean**2 - log_var**2).sum(1)  # bug
        divergence = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(1)  # fix
        loss = (rebuilt + divergence).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
