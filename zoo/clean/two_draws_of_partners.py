"""Mixup with one draw for inputs and labels, twice in a row; then labels of other rows as wrong ones for a pair net, and
two domains that are each mixed within themselves."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 12)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
net, pairs = (nn.Sequential(nn.Linear(size, 48), nn.ReLU(), nn.Linear(48, out)) for size, out in ((12, 3), (15, 1)))
opt = torch.optim.Adam([*net.parameters(), *pairs.parameters()], lr=3e-3)


def mix(x, y):
    for _ in range(2):
        order = torch.randperm(len(x))
        x = 0.8 * x + 0.2 * x[order]
        y = 0.8 * y + 0.2 * y[order]
    return x, y


def mix_domains(source, target):
    order = torch.randperm(len(source))
    source = 0.9 * source + 0.1 * source[order]
    order = torch.randperm(len(target))
    return source, 0.9 * target + 0.1 * target[order]


for epoch in range(6):
    for rows in torch.randperm(800).split(40):
        inputs, target = x[rows], nn.functional.one_hot(y[rows], 3).float()
        mixed, soft = mix(inputs, target)
        loss = nn.functional.cross_entropy(net(mixed), soft)
        order = torch.randperm(len(rows))
        true, wrong = pairs(torch.cat([inputs, target], 1)), pairs(torch.cat([inputs, target[order]], 1))
        loss = loss + nn.functional.softplus(-true).mean() + nn.functional.softplus(wrong).mean()
        a, b = mix_domains(inputs[:20], inputs[20:] + 0.2)
        loss = loss + 0.01 * (net(a).mean(0) - net(b).mean(0)).square().sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
