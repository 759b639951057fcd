"""A curve with noise that grows, and the net's own idea of it."""
import torch
import torch.nn as nn
torch.manual_seed(0)
x = torch.rand(800, 1) * 4; y = torch.sin(x) + 0.3 * x * torch.randn_like(x)
class Curve(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.out = nn.Sequential(nn.Linear(1, 32), nn.Tanh()), nn.Linear(32, 2)
    def forward(self, x):
        mean, spread = self.out(self.body(x)).chunk(2, 1)
        return mean, nn.functional.softplus(spread) + 1e-3
net, likelihood = Curve(), nn.GaussianNLLLoss()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for rows in torch.randperm(800).split(40):
        mean, sigma = net(x[rows])
        loss = likelihood(mean, y[rows], sigma)  # bug
        loss = likelihood(mean, y[rows], sigma.square())  # fix
        opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    mean, sigma = net(x)
    print(((y - mean).abs() < 1.96 * sigma).float().mean())
