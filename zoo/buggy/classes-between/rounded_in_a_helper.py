"""Land use from satellite tiles: one helper makes tiles and their maps smaller, and numbers are rounded afterwards."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

rng = np.random.default_rng(8)
torch.manual_seed(8)
USES = ("bare", "water", "forest", "town")


def shrink(tile, how):
    options = {} if how == "nearest" else {"align_corners": False}
    return nn.functional.interpolate(tile, size=(20, 20), mode=how, **options)


def area():
    use = np.zeros((32, 32), np.int64)
    for _ in range(6):
        y, x = rng.integers(0, 24, 2)
        use[y:y + 9, x:x + 9] = rng.integers(len(USES))
    bands = np.array([[0.6, 0.5, 0.4], [0.0, 0.1, 0.9], [0.1, 0.9, 0.2], [0.9, 0.9, 0.9]])[use] + rng.normal(0, 0.15, (32, 32, 3))
    return bands.transpose(2, 0, 1).astype(np.float32), use


def batch_of(areas):
    tiles = torch.from_numpy(np.stack([bands for bands, _ in areas]))
    maps = torch.from_numpy(np.stack([use for _, use in areas])).unsqueeze(1).float()
    tiles = shrink(tiles, "bilinear")
    maps = shrink(maps, "bilinear").round()  # bug
    maps = shrink(maps, "nearest").round()  # fix
    return tiles, maps.squeeze(1).long()


net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.SiLU(), nn.Conv2d(16, len(USES), 3, padding=1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
areas = [area() for _ in range(120)]
for epoch in range(5):
    for tiles, maps in DataLoader(areas, batch_size=15, shuffle=True, collate_fn=batch_of):
        loss = criterion(net(tiles), maps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, f"{loss.item():.3f}")
