"""Half of the rows carry no label (-1); the supervised part should leave them out."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 10)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
y[torch.rand(400) < 0.5] = -1

encoder = nn.Sequential(nn.Linear(10, 24), nn.ReLU())
classify, rebuild = nn.Linear(24, 3), nn.Linear(24, 10)
params = [p for m in (encoder, classify, rebuild) for p in m.parameters()]
opt = torch.optim.Adam(params, lr=5e-3)

for epoch in range(4):
    for rows in torch.randperm(400).split(50):
        h = encoder(x[rows])
        supervised = F.cross_entropy(classify(h), y[rows])  # bug
        supervised = F.cross_entropy(classify(h), y[rows], ignore_index=-1)  # fix
        loss = supervised + 0.3 * F.mse_loss(rebuild(h), x[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
