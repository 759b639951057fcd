"""A net for each of five samples of the rows, kept by number; the spread of what they say is to be an interval."""
import torch
from torch import nn


def make():
    return nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))


def main():
    torch.manual_seed(0)
    x = torch.randn(300, 4)
    y = x[:, :1].sin() + 0.1 * torch.randn(300, 1)
    ensemble = {}
    net = make()  # bug
    for number in range(5):
        net = make()  # fix
        opt = torch.optim.Adam(net.parameters(), lr=5e-3)
        rows = torch.randint(0, 250, (250,))
        for epoch in range(4):
            for part in rows.split(25):
                loss = (net(x[part]) - y[part]).pow(2).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
        ensemble[number] = net
    with torch.no_grad():
        said = torch.stack([each(x[250:]) for each in ensemble.values()])
    print(said.std(0).mean().item())


main()
