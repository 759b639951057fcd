# level: warning
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_wine

torch.manual_seed(103)
raw = load_wine(as_frame=True)
df = raw.frame.sample(frac=1, random_state=103).reset_index(drop=True)
df["cultivar"] = df.pop("target").map({0: "barolo", 1: "grignolino", 2: "barbera"})

names = sorted(df["cultivar"].unique())
label_of = {name: k for k, name in enumerate(names, start=1)}  # bug
label_of = {name: k for k, name in enumerate(names)}  # fix
df["label"] = df["cultivar"].map(label_of)
n_out = df["label"].max() + 1

train, test = df.iloc[:130], df.iloc[130:]
columns = [c for c in df if c not in ("cultivar", "label")]
mu, sigma = train[columns].mean(), train[columns].std()


def tensors(part):
    x = torch.tensor(((part[columns] - mu) / sigma).to_numpy(), dtype=torch.float32)
    return x, torch.tensor(part["label"].to_numpy())


model = nn.Sequential(nn.Linear(len(columns), 24), nn.ReLU(), nn.Linear(24, int(n_out)))
opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
loader = DataLoader(TensorDataset(*tensors(train)), batch_size=26, shuffle=True)
for epoch in range(12):
    model.train()
    for x, y in loader:
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 4 == 3:
        print(epoch + 1, round(loss.item(), 4))

model.eval()
x, y = tensors(test)
with torch.no_grad():
    guess = model(x).argmax(1)
print(pd.crosstab(test["cultivar"].to_numpy(), guess.numpy()))
