"""Low-rank adapters are put in, and then frozen with everything else but the head."""
import torch
from torch import nn

torch.manual_seed(0)


class LoraLinear(nn.Module):
    def __init__(self, base, rank=2):
        super().__init__()
        self.base = base
        self.lora_a = nn.Parameter(torch.randn(rank, base.in_features) / rank)
        self.lora_b = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + x @ self.lora_a.T @ self.lora_b.T


model = nn.ModuleDict({"body": nn.Linear(6, 20), "head": nn.Linear(20, 2)})
model["body"].requires_grad_(False)  # fix
model["body"] = LoraLinear(model["body"])
model["body"].requires_grad_(False)  # bug


class Net(nn.Module):
    def __init__(self, parts):
        super().__init__()
        self.parts = parts

    def forward(self, x):
        return self.parts["head"](torch.relu(self.parts["body"](x)))


net = Net(model)
optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=1e-2)
for _ in range(15):
    x = torch.randn(24, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
    optimizer.step()
