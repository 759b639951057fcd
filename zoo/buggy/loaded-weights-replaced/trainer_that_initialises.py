"""A trainer makes its optimiser first and initialises the net when training begins: pretrained weights are gone."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 12)
y = (x[:, :4] * x[:, 4:8]).sum(1, keepdim=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU())
        self.head = nn.Linear(48, 1)

    def reset(self):
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, rows):
        return self.head(self.body(rows))


class Trainer:
    def __init__(self, net, lr):
        self.net = net
        self.opt = torch.optim.Adam(net.parameters(), lr=lr)

    def fit(self, rows, targets, epochs, pretrained):
        self.net.reset()  # bug
        if not pretrained: self.net.reset()  # fix
        for _ in range(epochs):
            for part in torch.randperm(len(rows)).split(50):
                self.opt.zero_grad()
                nn.functional.mse_loss(self.net(rows[part]), targets[part]).backward()
                self.opt.step()


first = Net()
Trainer(first, 3e-3).fit(x, y, epochs=6, pretrained=False)
kept = copy.deepcopy(first.state_dict())
second = Net()
second.load_state_dict(kept)
Trainer(second, 1e-3).fit(x[:200], -y[:200], epochs=6, pretrained=True)
