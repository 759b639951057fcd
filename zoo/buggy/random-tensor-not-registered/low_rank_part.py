"""A layer is adapted by a product of two thin matrices."""
import torch
from torch import nn

torch.manual_seed(0)


class Adapted(nn.Module):
    def __init__(self, inner, rank):
        super().__init__()
        self.inner = inner.requires_grad_(False)
        self.lora_A_weight = torch.randn(rank, inner.in_features) / inner.in_features**0.5  # bug
        self.lora_A_weight = nn.Parameter(torch.randn(rank, inner.in_features) / inner.in_features**0.5)  # fix
        self.lora_B_weight = nn.Parameter(torch.zeros(inner.out_features, rank))

    def forward(self, x):
        return self.inner(x) + x @ self.lora_A_weight.t() @ self.lora_B_weight.t()


net = nn.Sequential(Adapted(nn.Linear(8, 32), 4), nn.ReLU(), Adapted(nn.Linear(32, 3), 4))
opt = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-2)
for step in range(60):
    x = torch.randn(48, 8)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
