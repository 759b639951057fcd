"""A way of weighing the classes that the function waits for under another name."""
import argparse
import torch
from torch import nn
def class_weights(labels, count, how):
    weights = torch.ones(count)
    if how == "balanced":
        seen = torch.bincount(labels, minlength=count).float(); weights = len(labels) / (count * seen)
    return weights
parser = argparse.ArgumentParser()
parser.add_argument("--weighting", default="ballanced")  # bug
parser.add_argument("--weighting", default="balanced")  # fix
args = parser.parse_args()
torch.manual_seed(0)
y = torch.multinomial(torch.tensor([0.8, 0.2]), 400, replacement=True); x = torch.randn(2, 8)[y] + torch.randn(400, 8)
criterion = nn.CrossEntropyLoss(weight=class_weights(y, 2, args.weighting)); net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(8):
    for b in torch.randperm(400).split(40):
        loss = criterion(net(x[b]), y[b]); opt.zero_grad(); loss.backward(); opt.step()
