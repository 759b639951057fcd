"""A factor that is meant for each epoch is taken for each batch: long before the end nothing of the rate is left."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(6)
x = torch.randn(400, 6); y = x[:, :1].sin() + 0.1 * torch.randn(400, 1); loader = DataLoader(TensorDataset(x, y), 20, shuffle=True)
net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1)); opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ExponentialLR(opt, 0.8)
for epoch in range(8):
    for a, b in loader:
        loss = nn.functional.mse_loss(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
        scheduler.step()  # bug
    scheduler.step()  # fix
    print(epoch, loss.item(), scheduler.get_last_lr())
