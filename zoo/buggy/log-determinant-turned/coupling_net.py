"""A flow of couplings that gives noise and the log-determinant; the loss subtracts it."""
import torch
from torch import nn
torch.manual_seed(0)
class Flow(nn.Module):
    def __init__(self, width=3, layers=4):
        super().__init__()
        self.nets = nn.ModuleList(nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, 2 * width)) for _ in range(layers))
        self.register_buffer("masks", torch.stack([torch.arange(width) % 2 == at % 2 for at in range(layers)]).float())
    def forward(self, x):
        log_det = x.new_zeros(len(x))
        for net, mask in zip(self.nets, self.masks):
            scale, shift = net(x * mask).chunk(2, 1)
            scale = torch.tanh(scale) * (1 - mask)
            x = x * scale.exp() + shift * (1 - mask)
            log_det = log_det + scale.sum(1)
        return x, log_det
data = torch.randn(1000, 3) @ torch.randn(3, 3) + torch.randn(3)
data = (data - data.mean(0)) / data.std(0)
flow, prior = Flow(), torch.distributions.Normal(0.0, 1.0)
opt = torch.optim.Adam(flow.parameters(), 1e-3)
for epoch in range(3):
    for i in torch.randperm(1000).split(50):
        z, log_det = flow(data[i])
        loss = torch.mean(log_det - prior.log_prob(z).sum(-1))  # bug
        loss = torch.mean(-log_det - prior.log_prob(z).sum(-1))  # fix
        opt.zero_grad(); loss.backward(); opt.step()
