"""The same as a module, with a log-softmax whose diagonal is left out, and two views of each row."""
import torch
from torch import nn
torch.manual_seed(2)
y = torch.randint(0, 4, (320,)); x = torch.randn(4, 20)[y] + 0.8 * torch.randn(320, 20)
class SupCon(nn.Module):
    def __init__(self, temperature): super().__init__(); self.temperature = temperature
    def forward(self, features, labels):
        features = nn.functional.normalize(features, dim=-1); n = len(features)
        logits = torch.matmul(features, features.t()).div(self.temperature)
        own = torch.eye(n, dtype=torch.bool)
        denominator = torch.logsumexp(logits.masked_fill(own, -1e4), dim=1, keepdim=True)
        positives = labels.unsqueeze(0).eq(labels.unsqueeze(1)).float()
        positives = positives.masked_fill(own, 0.0)  # fix
        per_row = ((logits - denominator) * positives).sum(1) / positives.sum(1)
        return -per_row.mean()
net = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, 12)); opt = torch.optim.AdamW(net.parameters(), 2e-3); loss_of = SupCon(0.3)
for epoch in range(9):
    for rows in torch.randperm(320).split(40):
        views = torch.cat([x[rows] + 0.1 * torch.randn(40, 20), x[rows] + 0.1 * torch.randn(40, 20)])
        loss = loss_of(net(views), y[rows].repeat(2)); opt.zero_grad(); loss.backward(); opt.step()
