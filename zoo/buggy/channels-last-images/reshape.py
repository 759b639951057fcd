"""Pictures (N, H, W, 3) reshaped for a convolution."""
import numpy as np
import torch
from torch import nn
torch.manual_seed(0)
rng = np.random.default_rng(0)
pics = rng.random((60, 16, 16, 3)).astype("float32")
x = torch.from_numpy(pics)
x = x.reshape(-1, 3, 16, 16)  # bug
x = x.permute(0, 3, 1, 2)  # fix
y = torch.randint(0, 2, (60,))
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters())
for i in range(4):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
