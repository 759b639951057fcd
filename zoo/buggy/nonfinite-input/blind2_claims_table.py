import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def synthesise(n=1600, seed=113):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    paid = np.where(rng.random(n) < 0.03, 0.0, rng.lognormal(6, 1, n))
    km = rng.gamma(4, 4000, n)
    z = 0.05 * (age - 45) + 0.7 * (np.log1p(paid) - 6) - km / 12000 + rng.logistic(0, 0.5, n)
    return pd.DataFrame({"age": age, "paid": paid, "km": km, "renewed": (z > -1).astype("float32")})


def features(df):
    out = pd.DataFrame(index=df.index)
    out["age"] = (df["age"] - 48) / 18
    out["km"] = (df["km"] - 16000) / 8000
    with np.errstate(divide="ignore"):
        out["paid"] = (np.log(df["paid"]) - 6) / 1.0  # bug
        out["paid"] = (np.log1p(df["paid"]) - 6) / 1.0  # fix
    return torch.tensor(out.to_numpy(), dtype=torch.float32)


df = synthesise()
train, test = df.iloc[:1200], df.iloc[1200:]
torch.manual_seed(113)
model = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
bce = nn.BCEWithLogitsLoss()
ds = TensorDataset(features(train), torch.tensor(train["renewed"].to_numpy()))
for epoch in range(8):
    model.train()
    total = 0.0
    for x, y in DataLoader(ds, batch_size=60, shuffle=True):
        loss = bce(model(x).squeeze(1), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print(f"epoch {epoch}: {total / 20:.4f}")
model.eval()
with torch.no_grad():
    p = model(features(test)).squeeze(1).sigmoid()
print("accuracy", ((p > 0.5).float().numpy() == test["renewed"].to_numpy()).mean())
