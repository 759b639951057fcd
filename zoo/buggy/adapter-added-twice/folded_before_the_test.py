"""A projection of spectra is tuned to another instrument by two thin layers, which are folded in before the test."""
import torch
import torch.nn.functional as F
from torch import nn


class Tuned(nn.Module):
    def __init__(self, layer, rank, strength):
        super().__init__()
        self.weight = nn.Parameter(layer.weight.detach().clone(), requires_grad=False)
        self.bias = nn.Parameter(layer.bias.detach().clone(), requires_grad=False)
        self.narrow = nn.Linear(layer.in_features, rank, bias=False)
        self.wide = nn.Linear(rank, layer.out_features, bias=False)
        nn.init.zeros_(self.wide.weight)
        self.strength = strength

    @torch.no_grad()
    def fold(self):
        self.weight.copy_(self.weight + self.strength * self.wide.weight @ self.narrow.weight)
        self.wide.weight.zero_()  # fix

    def forward(self, spectra):
        return F.linear(spectra, self.weight, self.bias) + self.strength * self.wide(self.narrow(spectra))


def measure(count, shift):
    content = torch.rand(count, 2)
    bands = torch.linspace(0, 6, 30)
    spectra = content[:, :1] * torch.sin(bands + shift) + content[:, 1:] * torch.cos(2 * bands - shift)
    return spectra + 0.02 * torch.randn(count, 30), content


def train(net, spectra, content, rate, rounds):
    optimiser = torch.optim.Adam((each for each in net.parameters() if each.requires_grad), lr=rate)
    for _ in range(rounds):
        for rows in torch.randperm(len(spectra)).split(40):
            optimiser.zero_grad()
            F.mse_loss(net(spectra[rows]), content[rows]).backward()
            optimiser.step()


torch.manual_seed(5)
net = nn.Sequential(nn.Linear(30, 40), nn.Tanh(), nn.Linear(40, 2))
train(net, *measure(600, 0.0), 3e-3, 10)
net[2].requires_grad_(False)
net[0] = Tuned(net[0], rank=3, strength=2.0)
train(net, *measure(400, 0.7), 1e-2, 10)
net.eval()
net[0].fold()
spectra, content = measure(200, 0.7)
with torch.inference_mode():
    print("off by", (net(spectra) - content).abs().mean().item())
