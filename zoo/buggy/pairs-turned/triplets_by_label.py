"""Triplets made by label, with the negative in the place of the positive."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
centres = torch.randn(6, 20)
labels = torch.randint(0, 6, (360,)); x = centres[labels] + 0.7 * torch.randn(360, 20)
loader = DataLoader(TensorDataset(x, labels), batch_size=60, shuffle=True)
def triplets(y):
    a, p, n = [], [], []
    for i in range(len(y)):
        same = ((y == y[i]) & (torch.arange(len(y)) != i)).nonzero().flatten()
        other = (y != y[i]).nonzero().flatten()
        if len(same):
            a.append(i); p.append(same[torch.randint(len(same), (1,))].item())
            n.append(other[torch.randint(len(other), (1,))].item())
    return torch.tensor(a), torch.tensor(p), torch.tensor(n)
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(net.parameters(), 1e-3)
criterion = nn.TripletMarginLoss(margin=1.0)
for epoch in range(2):
    for xb, yb in loader:
        z = net(xb); a, p, n = triplets(yb)
        loss = criterion(z[a], z[n], z[p])  # bug
        loss = criterion(z[a], z[p], z[n])  # fix
        opt.zero_grad(); loss.backward(); opt.step()
