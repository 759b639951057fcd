"""Sharpness-aware minimisation as an optimiser that writes the descent itself: the weights are put back within."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)


class OwnSAM(torch.optim.Optimizer):
    def __init__(self, params, lr=0.05, rho=0.05, momentum=0.9):
        super().__init__(params, {"lr": lr, "rho": rho, "momentum": momentum})

    @torch.no_grad()
    def climb(self):
        norm = torch.stack([p.grad.norm() for group in self.param_groups for p in group["params"]]).norm()
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["way"] = group["rho"] * p.grad / (norm + 1e-12)
                p.add_(self.state[p]["way"])

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(self.state[p].pop("way"))
                buffer = self.state[p].setdefault("momentum", torch.zeros_like(p))
                buffer.mul_(group["momentum"]).add_(p.grad)
                p.sub_(group["lr"] * buffer)


x, y = (torch.as_tensor(part) for part in load_digits(return_X_y=True))
x = x.float() / 16
net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = OwnSAM(net.parameters())
for epoch in range(3):
    for i in torch.randperm(len(x)).split(64):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        loss.backward()
        opt.climb()
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[i]), y[i]).backward()
        opt.step()
    print(epoch, loss.item())
