"""An autoencoder whose optimiser holds the encoder alone."""
import torch
from torch import nn
torch.manual_seed(0)
class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 8), nn.ReLU())
        self.decoder = nn.Linear(8, 20)
    def forward(self, x):
        return self.decoder(self.encoder(x))
model = AE()
opt = torch.optim.Adam(model.encoder.parameters(), lr=1e-2)  # bug
opt = torch.optim.Adam(model.parameters(), lr=1e-2)  # fix
x = torch.randn(200, 20)
for i in range(20):
    loss = nn.functional.mse_loss(model(x), x)
    opt.zero_grad(); loss.backward(); opt.step()
