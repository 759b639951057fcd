import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.2)
x = torch.randn(256, 6)
y = x[:, :3].argmax(1)
def adjust(optimizer, epoch):
    for group in optimizer.param_groups:
        group["learning_rate"] = 0.2 * 0.5**epoch  # bug
        group["lr"] = 0.2 * 0.5**epoch  # fix
for epoch in range(6):
    adjust(opt, epoch)
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
