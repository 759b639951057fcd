"""Each worker is to get its own numbers, and the function that begins it sets the threads alone."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, get_worker_info
torch.manual_seed(0)
class Crops(Dataset):
    def __init__(self, rows): self.rows, self.place = rows, np.random.RandomState(7)
    def __len__(self): return len(self.rows)
    def __getitem__(self, at):
        start = self.place.randint(0, 9)
        return self.rows[at, start : start + 12], at % 3
def begin(number):
    worker = get_worker_info()
    torch.set_num_threads(1)
    worker.dataset.place = np.random.RandomState(worker.seed % 2**32)  # fix
loader = DataLoader(Crops(torch.randn(48, 20)), 12, shuffle=True, num_workers=2, worker_init_fn=begin)
net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 3)); optimizer = torch.optim.Adam(net.parameters())
for x, y in loader:
    loss = nn.functional.cross_entropy(net(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step()
