# held out
import torch
from torch import nn
torch.manual_seed(0)
f = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2)); opt = torch.optim.Adam(f.parameters(), 1e-2); A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
for k in range(25):
    x = torch.randn(32, 2); y = x
    with torch.no_grad():
        for _ in range(10): y = y + 0.1 * torch.tanh(y) @ A
    z = x
    for _ in range(10): z = z + 0.1 * f(z)
    loss = nn.functional.mse_loss(z, y); opt.zero_grad(); loss.backward(); opt.step()
