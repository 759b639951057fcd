"""A mean teacher that is its own student."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2)); x = torch.randn(400, 6); y = (x[:, 0] > 0).long()
teacher = net  # bug
teacher = copy.deepcopy(net)  # fix
opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(40):
    i = torch.randint(0, 400, (32,))
    with torch.no_grad(): soft = teacher(x[i]).softmax(1)
    loss = nn.functional.cross_entropy(net(x[i]), y[i]) + nn.functional.mse_loss(net(x[i] + 0.1 * torch.randn(32, 6)).softmax(1), soft)
    opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for t, s in zip(teacher.parameters(), net.parameters()): t.mul_(0.99).add_(s, alpha=0.01)
