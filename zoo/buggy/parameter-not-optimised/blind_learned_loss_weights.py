"""Two tasks whose losses are weighed by learned uncertainties."""
import torch
from torch import nn


class MultiTaskLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_var = nn.Parameter(torch.zeros(2))

    def forward(self, regression, classification):
        both = torch.stack([regression, classification])
        return (torch.exp(-self.log_var) * both + self.log_var).sum()


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
        self.price = nn.Linear(32, 1)
        self.kind = nn.Linear(32, 3)

    def forward(self, x):
        h = self.shared(x)
        return self.price(h).squeeze(-1), self.kind(h)


torch.manual_seed(0)
x = torch.randn(480, 8)
price = 3 * x[:, 0] - x[:, 1]
kind = (x[:, 2] > 0).long() + (x[:, 3] > 0).long()

model, weigh = TwoHeads(), MultiTaskLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)  # bug
optimizer = torch.optim.Adam([*model.parameters(), *weigh.parameters()], lr=1e-2)  # fix
for epoch in range(5):
    for rows in torch.randperm(480).split(60):
        out_price, out_kind = model(x[rows])
        loss = weigh(nn.functional.mse_loss(out_price, price[rows]), nn.functional.cross_entropy(out_kind, kind[rows]))
        optimizer.zero_grad()
        weigh.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), weigh.log_var.detach().tolist())
