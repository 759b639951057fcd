import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(128, 6); y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2)); opt = torch.optim.SGD(net.parameters(), 0.3)
for epoch in range(2):
    for idx in torch.randperm(128).split(16):
        total = [torch.zeros_like(p) for p in net.parameters()]
        for i in idx:
            net.zero_grad()
            nn.functional.cross_entropy(net(x[i : i + 1]), y[i : i + 1]).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            for t, p in zip(total, net.parameters()): t += p.grad
        for p, t in zip(net.parameters(), total): p.grad = (t + 0.1 * torch.randn_like(t)) / len(idx)
        opt.step()
with torch.no_grad(): print((net(x).argmax(1) == y).float().mean().item())
