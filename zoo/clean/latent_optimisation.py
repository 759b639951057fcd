import torch
from torch import nn
torch.manual_seed(0)
images = torch.rand(32, 64)
class Decoder(nn.Module):
    """A code for each image, learned beside the decoder."""
    def __init__(self):
        super().__init__()
        self.codes = nn.Parameter(0.1 * torch.randn(32, 8))
        self.net = nn.Sequential(nn.Linear(8 + 64, 32), nn.ReLU(), nn.Linear(32, 64))
    def forward(self, x):
        return self.net(torch.cat([self.codes, x * 0], 1))
net = Decoder()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(80):
    loss = nn.functional.mse_loss(net(images), images)
    opt.zero_grad()
    loss.backward()
    opt.step()
