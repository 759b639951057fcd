"""The length of a data set is its number of batches, and the loader makes batches of single rows."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Signals(Dataset):
    def __init__(self, rows, batch_size):
        self.x = torch.randn(rows, 10); self.y = (self.x[:, 0] > self.x[:, 1]).long(); self.batch_size = batch_size
    def __len__(self):
        return len(self.x) // self.batch_size  # bug
        return len(self.x)  # fix
    def __getitem__(self, index):
        return self.x[index], self.y[index]
loader = DataLoader(Signals(1024, 16), batch_size=16, shuffle=True)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(4):
    for x, y in loader:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
