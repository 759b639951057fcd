import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 32), nn.Linear(32, 1)
    def forward(self, x):
        h = torch.relu(self.a(x))
        return torch.relu(self.b(h)).squeeze(-1)  # bug
        return self.b(h).squeeze(-1)  # fix
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.randn(256, 4)
y = x @ torch.tensor([1.0, -2.0, 0.5, 0.3])
for epoch in range(8):
    for i in torch.randperm(256).split(32):
        loss = nn.functional.mse_loss(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
