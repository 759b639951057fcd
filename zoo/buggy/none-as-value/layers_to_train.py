"""The layers that are trained: all names that the configuration gives, and the head, which is appended to them."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()
net = nn.Sequential()
for name, layer in (("first", nn.Linear(10, 32)), ("bend", nn.ReLU()), ("second", nn.Linear(32, 32)),
                    ("again", nn.ReLU()), ("head", nn.Linear(32, 2))):
    net.add_module(name, layer)
names = ["second"]
trained = names.append("head")  # bug
trained = [*names, "head"]  # fix
params = [p for n, p in net.named_parameters() if trained is None or n.split(".")[0] in trained]
opt = torch.optim.Adam(params, lr=3e-3)
for p in net.parameters():
    p.requires_grad_(any(p is each for each in params))
for epoch in range(10):
    for rows in torch.randperm(900).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
