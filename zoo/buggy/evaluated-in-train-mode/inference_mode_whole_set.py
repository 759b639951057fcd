import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(300, 10); y = (x.sum(1) > 0).long()
net = nn.Sequential(nn.Linear(10, 40), nn.ReLU(), nn.Dropout(0.4), nn.Linear(40, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(6):
    net.train()
    for i in range(0, 240, 40):
        loss = nn.functional.cross_entropy(net(x[i:i+40]), y[i:i+40])
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()  # fix
    with torch.inference_mode():
        pred = net(x[240:]).argmax(dim=1)
        acc = (pred == y[240:]).sum().item() / 60
