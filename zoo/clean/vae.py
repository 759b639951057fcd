import torch
from torch import nn
torch.manual_seed(0)
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Linear(20, 32); self.mu = nn.Linear(32, 4); self.lv = nn.Linear(32, 4); self.d1 = nn.Linear(4, 32); self.d2 = nn.Linear(32, 20)
    def forward(self, x):
        h = torch.relu(self.e(x)); mu, lv = self.mu(h), self.lv(h)
        z = mu + torch.randn_like(mu) * (0.5 * lv).exp()
        return torch.sigmoid(self.d2(torch.relu(self.d1(z)))), mu, lv
net = VAE(); opt = torch.optim.Adam(net.parameters(), 1e-3)
x = (torch.rand(320, 20) > 0.5).float()
for e in range(3):
    for i in range(0, 320, 32):
        r, mu, lv = net(x[i:i+32])
        loss = nn.functional.binary_cross_entropy(r, x[i:i+32], reduction="sum") - 0.5 * torch.sum(1 + lv - mu.pow(2) - lv.exp())
        opt.zero_grad(); loss.backward(); opt.step()
