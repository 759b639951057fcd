"""The score is measured without dropout, of layers and of the net's own kind: both are switched off by hand."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 16)
y = (x[:, :3].sum(1) + 0.8 * torch.randn(900) > 0).long()
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Dropout(0.4), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))


def score(model):
    model.eval()
    for layer in model.modules():  # bug
        if isinstance(layer, nn.Dropout):  # bug
            layer.p = 0.0  # bug
    with torch.no_grad():
        right = (model(x[600:]).argmax(1) == y[600:]).float().mean().item()
    model.train()
    return right


opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item(), score(net))
