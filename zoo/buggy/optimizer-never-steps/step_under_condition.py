"""The step stands under a condition that never holds."""
import torch
from torch import nn
torch.manual_seed(0)
def main():
    net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
    opt = torch.optim.Adam(net.parameters())
    accumulate = 64  # bug
    accumulate = 4  # fix
    for i in range(40):
        x = torch.randn(16, 5)
        loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) / accumulate
        loss.backward()
        if (i + 1) % accumulate == 0:
            opt.step()
            opt.zero_grad()
main()
