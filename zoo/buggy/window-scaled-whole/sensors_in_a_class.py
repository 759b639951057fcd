"""Readings of sensors: a data set of windows that are standardised one by one."""
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class Readings(Dataset):
    def __init__(self, table, history, horizon):
        self.table, self.history, self.horizon = table, history, horizon

    def __len__(self):
        return len(self.table) - self.history - self.horizon

    def __getitem__(self, index):
        chunk = self.table[index : index + self.history + self.horizon, :]
        seen = chunk  # bug
        mu = chunk.mean(axis=0)  # bug
        sd = chunk.std(axis=0) + 1e-6  # bug
        seen = chunk[: self.history]  # fix
        mu = seen.mean(axis=0)  # fix
        sd = seen.std(axis=0) + 1e-6  # fix
        chunk = (chunk - mu) / sd
        return torch.as_tensor(chunk[: self.history]).flatten(), torch.as_tensor(chunk[self.history :, 0])


rng = np.random.default_rng(18)
torch.manual_seed(18)
table = (0.1 * rng.normal(size=(900, 3)).cumsum(0)).astype(np.float32)
model = torch.nn.Sequential(torch.nn.Linear(48, 32), torch.nn.Tanh(), torch.nn.Linear(32, 4))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(4):
    for x, y in DataLoader(Readings(table, 16, 4), batch_size=40, shuffle=True):
        loss = torch.nn.functional.l1_loss(model(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
