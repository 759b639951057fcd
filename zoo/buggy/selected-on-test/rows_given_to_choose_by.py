"""Several nets are tried; a function keeps the weights of the best epoch on the rows that it is given."""
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
X = torch.randn(240, 10); Y = (X[:, 0] + torch.randn(240) > 0).long()
train_rows, val_rows, test_rows = torch.randperm(240).split([140, 50, 50])
def share_right(net, rows):
    net.eval()
    with torch.no_grad():
        return (net(X[rows]).argmax(1) == Y[rows]).float().mean().item()
def trained(width, judged_by):
    net = nn.Sequential(nn.Linear(10, width), nn.ReLU(), nn.Linear(width, 2))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    best, kept = 0.0, None
    for epoch in range(10):
        net.train()
        for rows in train_rows[torch.randperm(140)].split(20):
            opt.zero_grad(); F.cross_entropy(net(X[rows]), Y[rows]).backward(); opt.step()
        right = share_right(net, judged_by)
        if right > best:
            best, kept = right, copy.deepcopy(net.state_dict())
    net.load_state_dict(kept)
    return best, net
nets = [trained(width, test_rows) for width in (4, 16, 32)]  # bug
nets = [trained(width, val_rows) for width in (4, 16, 32)]  # fix
best, net = max(nets, key=lambda each: each[0])
print(best, share_right(net, test_rows))
