import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-2)
x = torch.randn(200, 5); y = x.sum(1, keepdim=True)
for i in range(40):
    j = torch.randint(0, 160, (32,))
    opt.zero_grad(); nn.functional.mse_loss(net(x[j]), y[j]).backward(); opt.step()
net.eval()
for m in net.modules():
    if isinstance(m, nn.Dropout):
        m.train()
with torch.no_grad():
    samples = torch.stack([net(x[160:]) for _ in range(20)])
print(samples.mean(0).shape, samples.std(0).mean(), nn.functional.mse_loss(samples.mean(0), y[160:]))
