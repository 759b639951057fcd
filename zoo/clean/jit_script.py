import torch
from torch import nn
torch.manual_seed(0)
class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 8), nn.Linear(8, 2)
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.b(torch.nn.functional.dropout(torch.relu(self.a(x)), 0.1, self.training))
net = torch.jit.script(N()); opt = torch.optim.Adam(net.parameters())
for s in range(10):
    x = torch.randn(16, 6); y = (x[:, 0] > 0).long()
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
