"""The noise that is meant for training is added in every forward pass."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self): super().__init__(); self.body = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 3))
    def forward(self, x):
        if self.training:  # fix
            x = x + 0.5 * torch.randn_like(x)  # fix
        x = x + 0.5 * torch.randn_like(x)  # bug
        return self.body(x)
x = torch.randn(400, 12); y = x[:, :3].argmax(1)
train, test = DataLoader(TensorDataset(x[:320], y[:320]), 32, shuffle=True), DataLoader(TensorDataset(x[320:], y[320:]), 40)
net = Net(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    net.train()
    for a, b in train:
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): print(epoch, sum((net(a).argmax(1) == b).sum().item() for a, b in test) / 80)
