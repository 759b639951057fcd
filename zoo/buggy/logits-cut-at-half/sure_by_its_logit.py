"""Rows without labels get those that the net is sure of."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
X = torch.randn(800, 4); Y = X[:, :3].argmax(1)
known, unknown = X[:60], X[60:]
def trained(rows, labels):
    net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(8):
        for part in torch.randperm(len(rows)).split(20):
            loss = F.cross_entropy(net(rows[part]), labels[part])
            opt.zero_grad(); loss.backward(); opt.step()
    return net.eval()
net = trained(known, Y[:60])
for round_ in range(3):
    with torch.no_grad():
        sure, label = net(unknown).max(1)  # bug
        sure, label = net(unknown).softmax(1).max(1)  # fix
    taken = sure > 0.95
    net = trained(torch.cat([known, unknown[taken]]), torch.cat([Y[:60], label[taken]]))
