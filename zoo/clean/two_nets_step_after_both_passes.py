"""Two nets read halves of the rows, each with its own optimiser; their gradients are averaged before both step."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
X = torch.randn(240, 6); Y = (X.sum(1) > 0).long()
nets = [nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)) for _ in range(2)]
nets[1].load_state_dict(nets[0].state_dict())
opts = [torch.optim.SGD(net.parameters(), lr=0.1) for net in nets]
for epoch in range(4):
    halves = torch.randperm(240).reshape(2, 6, 20)
    for step in range(6):
        for net, opt, half in zip(nets, opts, halves):
            opt.zero_grad()
            F.cross_entropy(net(X[half[step]]), Y[half[step]]).backward()
        for pair in zip(*(net.parameters() for net in nets)):
            mean = (pair[0].grad + pair[1].grad) / 2
            for weight in pair:
                weight.grad.copy_(mean)
        for opt in opts:
            opt.step()
