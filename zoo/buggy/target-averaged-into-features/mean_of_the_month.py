"""Sales of twenty articles: the mean volume of an article and month as a feature."""
import numpy as np, pandas as pd, torch
import torch.nn as nn
rng = np.random.default_rng(43); torch.manual_seed(43)
n = 2400
data = pd.DataFrame({"time_idx": np.repeat(np.arange(120), 20), "sku": np.tile(np.arange(20), 120), "price": rng.uniform(1, 5, n), "promo": rng.integers(0, 2, n)})
data["month"] = data.time_idx // 4
data["volume"] = 10 + data.sku * 0.3 - data.price + 2 * data.promo + rng.normal(0, 1.5, n)
data["avg_volume_by_sku"] = data.groupby(["month", "sku"]).volume.transform("mean")  # bug
data["avg_volume_by_sku"] = data.groupby("sku").volume.transform(lambda v: v.shift(1).rolling(4, min_periods=1).mean()).fillna(10.0)  # fix
cols = ["price", "promo", "avg_volume_by_sku", "sku"]
train, test = data[data.time_idx < 96], data[data.time_idx >= 96]
mu, sd = train[cols].mean(), train[cols].std()
X = torch.tensor(((train[cols] - mu) / sd).values, dtype=torch.float32); y = torch.tensor(train.volume.values, dtype=torch.float32)
Xt = torch.tensor(((test[cols] - mu) / sd).values, dtype=torch.float32); yt = torch.tensor(test.volume.values, dtype=torch.float32)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=96, shuffle=True)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    for xb, yb in loader:
        loss = nn.functional.mse_loss(net(xb).squeeze(1), yb); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(epoch, nn.functional.l1_loss(net(Xt).squeeze(1), yt).item())
