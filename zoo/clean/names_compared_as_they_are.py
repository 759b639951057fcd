"""Names of parameters compared as a whole where that is meant: a parameter of the net's own, the biases of one layer, and
a list for two kinds of nets; the group of the kind that is not there stays empty."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 12)
y = (x[:, 0] + x[:, 1] > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(12))
        self.inner, self.outer = nn.Linear(12, 48), nn.Linear(48, 2)

    def forward(self, x):
        return self.outer(self.inner(x * self.scale).relu())


net = Net()
for name, param in net.inner.named_parameters():
    if name == "bias":
        nn.init.zeros_(param)
special = {"scale", "pos_embed"}
groups = [{"params": [p for n, p in net.named_parameters() if n in special], "lr": 1e-3},
          {"params": [p for n, p in net.named_parameters() if n not in special and "lora" not in n]},
          {"params": [p for n, p in net.named_parameters() if "lora" in n]}]
opt = torch.optim.Adam(groups, lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
