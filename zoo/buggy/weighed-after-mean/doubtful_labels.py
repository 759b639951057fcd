"""Each row has a weight for how sure its label is, and the loss that it is multiplied with is a mean already."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(400, 8); sure = torch.rand(400); y = (x[:, 0] > 0).long(); y = torch.where(torch.rand(400) < 0.5 * (1 - sure), 1 - y, y)
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
criterion = nn.CrossEntropyLoss()  # bug
criterion = nn.CrossEntropyLoss(reduction="none")  # fix
for epoch in range(3):
    for xb, yb, w in DataLoader(TensorDataset(x, y, sure), 40, shuffle=True):
        loss = (w * criterion(net(xb), yb)).sum() / w.sum()
        opt.zero_grad(); loss.backward(); opt.step()
