import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.SGD(net.parameters(), 0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0 ** 120)
for step in range(40):
    x = torch.randn(32, 8)
    opt.zero_grad(); scaler.scale(nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())).backward(); scaler.step(opt); scaler.update()
print(scaler.get_scale())
