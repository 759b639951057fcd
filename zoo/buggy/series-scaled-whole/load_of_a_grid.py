"""A series that rises is brought to 0..1 by its range over all time, then cut into past and future."""
import numpy as np, torch
from torch import nn
torch.manual_seed(0)
rng = np.random.default_rng(0); hours = np.arange(700); load = 0.02 * hours + np.sin(hours / 4) + 0.1 * rng.normal(size=700)
past = 500
least, most = load.min(), load.max()  # bug
least, most = load[:past].min(), load[:past].max()  # fix
level = (load - least) / (most - least)
def windows(series):
    rows = np.stack([series[i : i + 13] for i in range(len(series) - 13)])
    return torch.tensor(rows[:, :12, None], dtype=torch.float32), torch.tensor(rows[:, 12:], dtype=torch.float32)
x, y = windows(level[:past]); later_x, later_y = windows(level[past:])
class Recurrent(nn.Module):
    def __init__(self): super().__init__(); self.cell, self.out = nn.GRU(1, 16, batch_first=True), nn.Linear(16, 1)
    def forward(self, x): return self.out(self.cell(x)[0][:, -1])
net = Recurrent(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for i in torch.randperm(len(x)).split(64):
        loss = nn.functional.mse_loss(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print(nn.functional.mse_loss(net(later_x), later_y).item())
