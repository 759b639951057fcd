"""A reader fits its encoder to the training rows, and fits it once more to all rows that it reads."""
import numpy as np
import torch
from sklearn.preprocessing import LabelEncoder
from torch import nn
torch.manual_seed(0)
class Reader:
    def __init__(self): self.codes = LabelEncoder()
    def learn(self, names): self.codes.fit(names)
    def read(self, x, names):
        y = self.codes.fit_transform(names)  # bug
        y = self.codes.transform(names)  # fix
        return torch.tensor(x), torch.tensor(y)
draw = np.random.default_rng(0); kinds = np.array(["ash", "birch", "oak", "pine"])
numbers = draw.integers(0, 4, 200); rows = (numbers[:, None] * [1.0, -0.5, 0.3] + draw.normal(0, 0.3, (200, 3))).astype("float32")
rare = numbers[160:] != 1
reader = Reader(); reader.learn(kinds[numbers[:160]])
x, y = reader.read(rows[:160], kinds[numbers[:160]]); held_out = reader.read(rows[160:][rare], kinds[numbers[160:]][rare])
net = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 4)); optimizer = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(20):
    for part in torch.randperm(160).split(40):
        loss = nn.functional.cross_entropy(net(x[part]), y[part]); optimizer.zero_grad(); loss.backward(); optimizer.step()
with torch.no_grad(): print((net(held_out[0]).argmax(1) == held_out[1]).float().mean())
