"""An averaged model is scored; `swa` is its schedule, which is stepped and nothing else."""
import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel
torch.manual_seed(0)
x = torch.randn(600, 8); y = (x[:, 0] + x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
averaged, swa = AveragedModel(net), SWALR(optimizer, swa_lr=0.05, anneal_epochs=2)
for epoch in range(8):
    net.train()
    for rows in torch.randperm(500).split(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
    if epoch > 3:
        averaged.update_parameters(net)
        swa.step()
averaged.eval()
with torch.no_grad():
    print(f"accuracy {(averaged(x[500:]).argmax(1) == y[500:]).float().mean():.3f}")
