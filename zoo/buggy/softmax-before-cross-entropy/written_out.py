"""The softmax is written out by hand, with a view and a cast behind it."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.rand(256, 1, 8, 8)
y = torch.randint(0, 10, (256,))
for i in range(20):
    logits = net(x[i * 8:(i + 1) * 8 + 24])
    target = y[i * 8:(i + 1) * 8 + 24]
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)  # bug
    logits = (e / e.sum(dim=1, keepdim=True)).view(-1, 10).float()  # bug
    loss = F.cross_entropy(logits, target)
    opt.zero_grad()
    loss.backward()
    opt.step()
