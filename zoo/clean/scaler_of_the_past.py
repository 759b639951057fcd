"""A scaler is fitted to the past alone and transforms the whole series; another one scales what is shown, afterwards."""
import numpy as np
import torch
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch import nn

rng = np.random.default_rng(26)
torch.manual_seed(26)
series = (np.sin(np.arange(900) / 10) + np.arange(900) / 900 + 0.1 * rng.normal(size=900)).reshape(-1, 1)
split, length = 700, 20
past = series[:split]
scaler = StandardScaler()
scaler.fit(past)
scaled = torch.tensor(scaler.transform(series)[:, 0], dtype=torch.float32)
windows = torch.stack([scaled[i:i + length + 1] for i in range(len(scaled) - length)])
train, test = windows[:split - length], windows[split - length:]
net = nn.Sequential(nn.Linear(length, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(150):
    rows = train[torch.randint(len(train), (50,))]
    loss = nn.functional.mse_loss(net(rows[:, :-1]).squeeze(1), rows[:, -1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    forecast = net(test[:, :-1])
    print((forecast.squeeze(1) - test[:, -1]).abs().mean().item())
bars = MinMaxScaler().fit_transform(series)
print(["#" * int(20 * value) for value in bars[::200, 0]])
