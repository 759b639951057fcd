import torch
from torch import nn

torch.manual_seed(0)


class AutoEncoder(nn.Module):
    def __init__(self, n=20, code=4):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(n, 32), nn.ELU(), nn.Linear(32, code), nn.Tanh())
        self.dec = nn.Sequential(nn.Linear(code, 32), nn.ELU(), nn.Linear(32, n))

    def forward(self, x):
        return self.dec(self.enc(x))


basis = torch.randn(4, 20)
model = AutoEncoder()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
smooth = None
for it in range(60):
    x = torch.tanh(torch.randn(64, 4)) @ basis
    loss = nn.functional.mse_loss(model(x), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    value = loss  # bug
    value = loss.item()  # fix
    smooth = value if smooth is None else 0.95 * smooth + 0.05 * value
    if it % 15 == 0:
        print(f"iter {it:3d} smoothed loss {float(smooth):.4f}")
