"""Tabular data with categorical columns; each has an embedding of its own."""
import numpy as np
import pandas as pd
import torch
from torch import nn

rng = np.random.default_rng(1)
frame = pd.DataFrame({
    "city": rng.choice(["Rome", "Oslo", "Lima", "Cairo"], 400),
    "plan": rng.choice(["free", "pro", "team"], 400),
    "usage": rng.normal(size=400),
    "age": rng.normal(size=400),
})
spend = frame["plan"].map({"free": -1.0, "pro": 0.5, "team": 1.5}) + 0.5 * frame["usage"] * (frame["city"] == "Oslo")
cats = {name: frame[name].astype("category").cat.codes.to_numpy(np.int64) for name in ("city", "plan")}
sizes = {name: int(codes.max()) + 1 for name, codes in cats.items()}


class TabularNet(nn.Module):
    def __init__(self, sizes, n_numbers, dim=4):
        super().__init__()
        tables = {name: nn.Embedding(size, dim) for name, size in sizes.items()}
        self.tables = tables  # bug
        self.tables = nn.ModuleDict(tables)  # fix
        self.mlp = nn.Sequential(nn.Linear(dim * len(sizes) + n_numbers, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, codes, numbers):
        parts = [self.tables[name](codes[name]) for name in sorted(codes)]
        return self.mlp(torch.cat([*parts, numbers], dim=1)).squeeze(1)


torch.manual_seed(1)
codes = {name: torch.from_numpy(values) for name, values in cats.items()}
numbers = torch.tensor(frame[["usage", "age"]].to_numpy(), dtype=torch.float32)
target = torch.tensor(spend.to_numpy(), dtype=torch.float32)
net = TabularNet(sizes, 2)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.randperm(400).split(40):
        opt.zero_grad()
        out = net({name: values[rows] for name, values in codes.items()}, numbers[rows])
        loss = nn.functional.mse_loss(out, target[rows])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
