"""Water levels of three gauges, a day ahead; a function makes the scaler."""
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn


def scaler_of(levels):
    scaler = StandardScaler()
    scaler.fit(levels)
    return scaler


def windows(series, length=14):
    pairs = [(series[i : i + length].ravel(), series[i + length]) for i in range(len(series) - length)]
    x, y = (np.stack(each).astype(np.float32) for each in zip(*pairs))
    return torch.from_numpy(x), torch.from_numpy(y)


def main():
    torch.manual_seed(0)
    rng = np.random.default_rng(8)
    days = np.arange(1500)
    waves = [np.sin(days / 58 + k) + 0.0015 * days + rng.normal(0, 0.1, 1500) for k in range(3)]
    levels = np.stack(waves, 1)
    cut = int(0.8 * len(levels))
    scaler = scaler_of(levels)  # bug
    scaler = scaler_of(levels[:cut])  # fix
    scaled = scaler.transform(levels)
    x, y = windows(scaled[:cut])
    test_x, test_y = windows(scaled[cut:])
    net = nn.Sequential(nn.Linear(42, 64), nn.ReLU(), nn.Linear(64, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for epoch in range(8):
        for rows in torch.randperm(len(x)).split(50):
            loss = nn.functional.mse_loss(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            print(epoch, f"test {nn.functional.mse_loss(net(test_x), test_y):.4f}")


main()
