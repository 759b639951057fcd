"""The negative is given where the loss expects the positive."""
import torch
from torch import nn
torch.manual_seed(0)
y = torch.arange(240) % 3; x = torch.eye(3)[y].repeat(1, 4) + 0.5 * torch.randn(240, 12)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.Adam(net.parameters(), 1e-3); criterion = nn.TripletMarginLoss(margin=0.5)
def other(i, same):
    fits = (y[:, None] == y[i]) == same
    return torch.multinomial(fits.float().T, 1).squeeze(1)
for epoch in range(6):
    for i in torch.randperm(240).split(40):
        positive_rows, negative_rows = x[other(i, True)], x[other(i, False)]
        a, p, n = net(x[i]), net(positive_rows), net(negative_rows)
        loss = criterion(a, n, p)  # bug
        loss = criterion(a, p, n)  # fix
        opt.zero_grad(); loss.backward(); opt.step()
    print(loss.item())
