"""Three channels of a machine: the data set of each part scales the recording and keeps its own stretch of it."""
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Stretch(Dataset):
    def __init__(self, recording, held_out, length=16):
        share = int(0.7 * len(recording))
        fitted = StandardScaler().fit(recording)  # bug
        fitted = StandardScaler().fit(recording[:share])  # fix
        values = torch.tensor(fitted.transform(recording), dtype=torch.float32)
        self.length = length
        self.values = values[share:] if held_out else values[:share]

    def __len__(self):
        return len(self.values) - self.length

    def __getitem__(self, at):
        return self.values[at:at + self.length], self.values[at + self.length]


class Next(nn.Module):
    def __init__(self):
        super().__init__()
        self.read, self.tell = nn.LSTM(3, 24, batch_first=True), nn.Linear(24, 3)

    def forward(self, x):
        return self.tell(self.read(x)[0][:, -1])


rng = np.random.default_rng(25)
torch.manual_seed(25)
time = np.arange(1200)[:, None]
recording = np.sin(time / [7, 11, 19]) * (1 + time / 600) + 0.1 * rng.normal(size=(1200, 3))
net = Next()
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(3):
    for x, y in DataLoader(Stretch(recording, held_out=False), batch_size=40, shuffle=True):
        loss = nn.functional.l1_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        errors = [(net(x) - y).abs().mean() for x, y in DataLoader(Stretch(recording, held_out=True), batch_size=60)]
    print(epoch, loss.item(), torch.stack(errors).mean().item())
