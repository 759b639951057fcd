"""Gradients are reversed by a layer, and the loss of the other one is taken off as well."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class ReverseLayer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -g


class Fair(nn.Module):
    """Predicts a score that says nothing of a group."""

    def __init__(self):
        super().__init__()
        self.body, self.score, self.adversary = nn.Sequential(nn.Linear(8, 24), nn.ReLU()), nn.Linear(24, 1), nn.Linear(24, 1)

    def forward(self, x):
        h = self.body(x)
        return self.score(h).squeeze(1), self.adversary(ReverseLayer.apply(h)).squeeze(1)


net = Fair()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(60):
    x = torch.randn(64, 8)
    group = (x[:, 7] > 0).float()
    score, guess = net(x)
    main_loss = F.mse_loss(score, x[:, 0] + 0.5 * x[:, 7])
    adversary_loss = F.binary_cross_entropy_with_logits(guess, group)
    total = main_loss - 0.3 * adversary_loss  # bug
    total = main_loss + 0.3 * adversary_loss  # fix
    opt.zero_grad()
    total.backward()
    opt.step()
