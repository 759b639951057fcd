"""A checkpoint is filtered by names that lost a prefix it never had; what is loaded are the net's own first weights. (level: warning)"""
import io

import torch
from torch import nn

torch.manual_seed(0)
mixing = torch.randn(10, 5)


def rows(n, kinds):
    x = torch.randn(n, 10)
    return x, (x @ mixing).tanh()[:, :kinds].argmax(1)


class Net(nn.Module):
    def __init__(self, kinds):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 24), nn.ReLU())
        self.head = nn.Linear(24, kinds)

    def forward(self, x):
        return self.head(self.body(x))


def train(net, x, y, epochs):
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for epoch in range(epochs):
        for part in torch.randperm(len(x)).split(32):
            loss = nn.functional.cross_entropy(net(x[part]), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: {loss.item():.3f}")


def pretrain(file):
    net = Net(5)
    train(net, *rows(1200, 5), epochs=5)
    torch.save({"model": net.state_dict()}, file)


file = io.BytesIO()
pretrain(file)
file.seek(0)
net = Net(3)
own = net.state_dict()
state = {name[len("module."):]: value for name, value in torch.load(file)["model"].items()}  # bug
state = torch.load(file)["model"]  # fix
own.update({name: value for name, value in state.items() if name in own and value.shape == own[name].shape})
net.load_state_dict(own)
train(net, *rows(96, 3), epochs=4)
