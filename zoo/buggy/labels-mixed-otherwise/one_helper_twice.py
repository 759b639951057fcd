"""Mixup by a helper that draws its partners: what is called for inputs and labels apart draws twice."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 12)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()


def blend(values, share):
    partners = values[torch.randperm(len(values))]
    return share * values + (1 - share) * partners


net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 3))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(800).split(40):
        inputs, target = x[rows], nn.functional.one_hot(y[rows], 3).float()
        share = float(torch.distributions.Beta(0.4, 0.4).sample())
        inputs, target = blend(inputs, share), blend(target, share)  # bug
        inputs, target = blend(torch.cat([inputs, target], 1), share).split([12, 3], 1)  # fix
        loss = nn.functional.cross_entropy(net(inputs), target)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
