"""One channel of a convolution meets series without one, in a square by hand."""
import torch
from torch import nn
torch.manual_seed(0)
class Conv(nn.Module):
    def __init__(self): super().__init__(); self.c = nn.Sequential(nn.Conv1d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv1d(8, 1, 3, padding=1))
    def forward(self, x): return self.c(x.unsqueeze(1))
S = torch.sin(torch.arange(32.) * 0.3 + torch.rand(200, 1) * 6)
net = Conv()
opt = torch.optim.Adam(net.parameters(), 3e-3)
for ep in range(8):
    for b in torch.randperm(200).split(25):
        noisy = S[b] + 0.2 * torch.randn(len(b), 32)
        out = net(noisy)
        loss = ((out - S[b]) ** 2).mean()  # bug
        loss = ((out.squeeze(1) - S[b]) ** 2).mean()  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
