"""An autoencoder whose code is linear and narrower than both sides: the transposed convolution begins from it."""
import torch
from torch import nn
torch.manual_seed(0)
class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv1d(2, 12, 4, 2, 1), nn.ReLU(), nn.Conv1d(12, 3, 4, 2, 1))
        self.decoder = nn.Sequential(nn.ConvTranspose1d(3, 12, 4, 2, 1), nn.ReLU(), nn.ConvTranspose1d(12, 2, 4, 2, 1))
    def forward(self, x): return self.decoder(self.encoder(x))
net = Coder(); optimizer = torch.optim.Adam(net.parameters(), 3e-3)
for step in range(15):
    phase = 6 * torch.rand(32, 1); t = torch.linspace(0, 6, 32); x = torch.stack([(t + phase).sin(), (2 * t + phase).cos()], 1)
    loss = nn.functional.mse_loss(net(x), x); optimizer.zero_grad(); loss.backward(); optimizer.step()
