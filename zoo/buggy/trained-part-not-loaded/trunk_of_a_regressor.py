"""A regressor is saved without its last layers, by a filter on names, and scored by another program's net."""
import torch
from torch import nn

torch.manual_seed(0)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(7, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh())
        self.norm = nn.LayerNorm(32)
        self.last = nn.Linear(32, 1)

    def forward(self, x):
        return self.last(self.norm(self.trunk(x)))


rows = torch.randn(560, 7)
target = rows[:, :2].sin().sum(1, keepdim=True)
net = Regressor()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for chosen in torch.randperm(480).split(24):
        loss = nn.functional.mse_loss(net(rows[chosen]), target[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
kept = {name: value.clone() for name, value in net.state_dict().items() if name.startswith("trunk")}  # bug
kept = {name: value.clone() for name, value in net.state_dict().items()}  # fix
del net, optimizer
served = Regressor().eval()
print(served.load_state_dict(kept, strict=False))
with torch.inference_mode():
    print("error", (served(rows[480:]) - target[480:]).abs().mean().item())
