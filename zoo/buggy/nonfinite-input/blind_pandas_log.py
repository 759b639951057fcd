import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(5)
df = pd.DataFrame({
    "rooms": rng.integers(1, 7, 360),
    "area": rng.normal(80, 20, 360).clip(20),
    "visits": rng.poisson(3, 360),
})
df["price"] = 0.03 * df["area"] + 0.2 * df["rooms"] + 0.1 * df["visits"] + rng.normal(0, 0.1, 360)
with np.errstate(divide="ignore"):
    df["log_visits"] = np.log(df["visits"])  # bug
    df["log_visits"] = np.log1p(df["visits"])  # fix

inputs = df[["rooms", "area"]]
inputs = (inputs - inputs.mean()) / inputs.std()
inputs["log_visits"] = df["log_visits"]
X = torch.tensor(inputs.to_numpy(), dtype=torch.float32)
y = torch.tensor(((df["price"] - df["price"].mean()) / df["price"].std()).to_numpy(), dtype=torch.float32)

torch.manual_seed(5)
dl = DataLoader(TensorDataset(X, y), batch_size=36, shuffle=True)
model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for xb, yb in dl:
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
