import torch
from torch import nn
torch.manual_seed(0)
class Cross(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.kv, self.out = nn.Linear(8, 16), nn.Linear(4, 32), nn.Linear(16, 2)
    def forward(self, x, context):
        k, v = self.kv(context)[:, None].chunk(2, -1)
        w = torch.softmax(self.q(x) @ k.transpose(1, 2) / 4, -1)
        return self.out((self.q(x) + w @ v).mean(1))
net = Cross()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(40):
    x, c = torch.randn(32, 5, 8), torch.randn(32, 4)
    y = (c[:, 0] + x[:, :, 0].mean(1) > 0).long()
    loss = nn.functional.cross_entropy(net(x, c), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
