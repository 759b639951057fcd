"""Encoder and classifier are two nets; the encoder's parameters are in no optimiser."""
import torch
from torch import nn
torch.manual_seed(0)
def train():
    enc = nn.Sequential(nn.Linear(12, 24), nn.ReLU())
    clf = nn.Linear(24, 3)
    opt = torch.optim.Adam(clf.parameters(), lr=0.01)  # bug
    opt = torch.optim.Adam(list(enc.parameters()) + list(clf.parameters()), lr=0.01)  # fix
    x, y = torch.randn(90, 12), torch.randint(0, 3, (90,))
    for i in range(12):
        opt.zero_grad()
        nn.functional.cross_entropy(clf(enc(x)), y).backward()
        opt.step()
train()
