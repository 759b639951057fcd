"""The best of five hypotheses is trained; an evaluation shares no line with it."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(4, 5); opt = torch.optim.SGD(net.parameters(), .05)
def evaluate():
    for _ in range(5):
        x = torch.randn(16, 4); yield nn.functional.mse_loss(net(x)[:, 0], x[:, 0])
for i in range(20):
    x = torch.randn(16, 4); o = net(x)
    losses = [nn.functional.mse_loss(o[:, k], x[:, 0] - x[:, 1]) for k in range(5)]
    opt.zero_grad(); torch.stack(losses).min().backward(); opt.step()
    if i % 5 == 4:
        net.eval()
        with torch.no_grad(): sum(evaluate())
        net.train()
