"""ToTensor has divided by 255 already."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
pics = torch.randint(0, 256, (200, 3, 12, 12), dtype=torch.uint8)
x = pics.float() / 255
x = x / 255.0  # bug
dl = DataLoader(TensorDataset(x, torch.randint(0, 3, (200,))), 25, shuffle=True)
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(800, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for xb, yb in dl:
    loss = nn.functional.cross_entropy(net(xb), yb)
    opt.zero_grad(); loss.backward(); opt.step()
