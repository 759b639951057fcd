"""An autoencoder with noise inside shows the same samples after each epoch; their seed is that of the next epoch too."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
rows = torch.rand(384, 4) @ torch.rand(4, 16)
coder, decoder = nn.Linear(16, 8), nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16))
opt = torch.optim.Adam([*coder.parameters(), *decoder.parameters()], lr=2e-3)
loader = DataLoader(TensorDataset(rows[:320]), batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(1))
@torch.no_grad()
def samples():
    torch.manual_seed(123)  # bug
    return decoder(torch.randn(8, 4))  # bug
    return decoder(torch.randn(8, 4, generator=torch.Generator().manual_seed(123)))  # fix
for epoch in range(6):
    for (x,) in loader:
        mean, log_variance = coder(x).chunk(2, dim=1)
        z = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        far = 0.5 * (mean ** 2 + log_variance.exp() - log_variance - 1).sum(1).mean()
        loss = ((decoder(z) - x) ** 2).sum(1).mean() + far
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), samples().mean().item())
