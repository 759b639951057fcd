"""The test loader of a forecast drops its last batch."""
import torch, numpy as np
from torch.utils.data import Dataset, DataLoader
torch.manual_seed(0); np.random.seed(0)
series = np.sin(np.arange(700) * .2) + .1 * np.random.randn(700)
class DatasetETT(Dataset):
    def __init__(self, flag, L=24, H=6):
        a, b = {"train": (0, 420), "val": (420 - L, 540), "test": (540 - L, 700)}[flag]
        m, s = series[:420].mean(), series[:420].std()
        self.x = torch.tensor((series[a:b] - m) / s, dtype=torch.float32); self.L, self.H = L, H
    def __len__(self): return len(self.x) - self.L - self.H + 1
    def __getitem__(self, i): return self.x[i:i + self.L], self.x[i + self.L:i + self.L + self.H]
def data_provider(flag):
    ds = DatasetETT(flag)
    if flag == "test":
        return DataLoader(ds, batch_size=64, shuffle=False, drop_last=True)  # bug
        return DataLoader(ds, batch_size=64, shuffle=False, drop_last=False)  # fix
    return DataLoader(ds, batch_size=32, shuffle=flag == "train", drop_last=flag == "train")
model = torch.nn.Linear(24, 6); opt = torch.optim.Adam(model.parameters(), 5e-3); mse = torch.nn.MSELoss()
tr, va, te = map(data_provider, ("train", "val", "test"))
def vali(loader):
    model.eval(); t = []
    with torch.no_grad():
        for x, y in loader: t.append(mse(model(x), y).item())
    model.train(); return np.average(t)
for ep in range(6):
    for x, y in tr:
        opt.zero_grad(); loss = mse(model(x), y); loss.backward(); opt.step()
    print(ep, loss.item(), vali(va))
print("test", vali(te))
