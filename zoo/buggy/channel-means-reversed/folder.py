"""Pictures of a folder are read by PIL; a table of constants has them from blue to red."""
import tempfile
from pathlib import Path
import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
IMAGENET = {"mean": (0.406, 0.456, 0.485), "std": (0.225, 0.224, 0.229)}  # bug
IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}  # fix
class Pictures(Dataset):
    def __init__(self, folder): self.paths = sorted(folder.glob("*.png"))
    def __len__(self): return len(self.paths)
    def __getitem__(self, i):
        image = torch.from_numpy(np.array(Image.open(self.paths[i]).convert("RGB"))).permute(2, 0, 1) / 255
        mean, std = (torch.tensor(IMAGENET[name])[:, None, None] for name in ("mean", "std"))
        return (image - mean) / std, int(self.paths[i].stem.split("_")[1])
rng = np.random.default_rng(0); torch.manual_seed(0)
with tempfile.TemporaryDirectory() as name:
    for i in range(90):
        kind = i % 3; pixels = rng.normal(110, 40, (12, 12, 3)); pixels[..., kind] += 40
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(Path(name) / f"{i:03d}_{kind}.png")
    net = nn.Sequential(nn.Conv2d(3, 12, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 3)); opt = torch.optim.Adam(net.parameters(), 1e-2)
    for epoch in range(8):
        for x, y in DataLoader(Pictures(Path(name)), 15, shuffle=True):
            loss = nn.functional.cross_entropy(net(x), y); opt.zero_grad(); loss.backward(); opt.step()
        print(epoch, loss.item())
