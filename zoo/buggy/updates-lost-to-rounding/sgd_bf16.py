"""The weights are bfloat16, and a step is smaller than their last digit."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
net = net.to(torch.bfloat16)  # bug
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
X = torch.randn(400, 16)
Y = X[:, :4].argmax(1)
for ep in range(10):
    for b in torch.randperm(400).split(40):
        x = X[b].to(next(net.parameters()).dtype)
        with torch.autocast("cpu", torch.bfloat16): out = net(x)
        loss = nn.functional.cross_entropy(out.float(), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(ep, loss.item())
