import torch
from torch import nn
torch.manual_seed(0)
class Rate(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    def forward(self, x):
        return self.net(x).squeeze(-1).exp()
net = Rate()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randn(256, 4)
y = torch.poisson((0.5 * x[:, 0]).exp())
criterion = nn.PoissonNLLLoss()  # bug
criterion = nn.PoissonNLLLoss(log_input=False)  # fix
for epoch in range(5):
    for i in torch.randperm(256).split(32):
        loss = criterion(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
