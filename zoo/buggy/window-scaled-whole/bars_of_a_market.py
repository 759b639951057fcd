"""Windows of a market's prices, each scaled by itself."""
import numpy as np, torch
from torch import nn
from torch.utils.data import Dataset, DataLoader
np.random.seed(40); torch.manual_seed(40)
series = np.cumsum(np.random.randn(1500, 4) * 0.3, 0).astype(np.float32) + np.sin(np.arange(1500) / 9)[:, None].astype(np.float32)
class KlineDataset(Dataset):
    def __init__(self, data, lookback=24, predict=6): self.data, self.lb, self.pr = data, lookback, predict
    def __len__(self): return len(self.data) - self.lb - self.pr + 1
    def __getitem__(self, i):
        x = self.data[i:i + self.lb + self.pr]
        x_mean, x_std = np.mean(x, axis=0), np.std(x, axis=0)  # bug
        x_mean, x_std = np.mean(x[:self.lb], axis=0), np.std(x[:self.lb], axis=0)  # fix
        x = np.clip((x - x_mean) / (x_std + 1e-5), -5, 5)
        return torch.from_numpy(x[:self.lb]), torch.from_numpy(x[self.lb:])
train, test = KlineDataset(series[:1200]), KlineDataset(series[1200:])
loader = DataLoader(train, batch_size=64, shuffle=True); test_loader = DataLoader(test, batch_size=64)
class Model(nn.Module):
    def __init__(self):
        super().__init__(); self.gru = nn.GRU(4, 32, batch_first=True); self.out = nn.Linear(32, 24)
    def forward(self, x): return self.out(self.gru(x)[0][:, -1]).view(-1, 6, 4)
model = Model(); opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
for epoch in range(4):
    model.train()
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x), y); opt.zero_grad(); loss.backward(); opt.step()
    model.eval()
    with torch.no_grad(): val = np.mean([nn.functional.mse_loss(model(x), y).item() for x, y in test_loader])
    print(epoch, loss.item(), val)
