"""The loss sums hazards from row to row, and batches come in a random order."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(200, 5); until = torch.rand(200).log().neg() / x[:, 0].exp(); seen = (torch.rand(200) < 0.7).float()
def partial_likelihood(hazard, time, event):
    order = time.argsort(descending=True); hazard, event = hazard[order], event[order]  # fix
    return -((hazard - hazard.logcumsumexp(0)) * event).sum() / event.sum()
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)); optimizer = torch.optim.Adam(net.parameters(), 3e-3)
for survival_epoch in range(3):
    for rows, time, event in DataLoader(TensorDataset(x, until, seen), 50, shuffle=True):
        loss = partial_likelihood(net(rows)[:, 0], time, event)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
