"""SWA from the third epoch on, evaluated without update_bn."""
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.rand(320, 8) * 3 + 2; y = x[:, :4].sum(1).gt(x[:, 4:].sum(1)).long()
loader = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
swa = None
for epoch in range(8):
    net.train()
    for a, b in loader:
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
    if epoch >= 2:
        swa = swa or AveragedModel(net)
        swa.update_parameters(net)
update_bn(loader, swa)  # fix
swa.eval()
with torch.no_grad(): print((swa(x[256:]).argmax(1) == y[256:]).float().mean().item())
