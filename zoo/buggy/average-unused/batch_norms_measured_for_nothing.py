"""The averaged weights get their batch norms measured, and the raw net is scored."""
import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(240, 6); y = (x[:, 0] > 0).long(); loader = DataLoader(TensorDataset(x[:160], y[:160]), 20, shuffle=True)
net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.SGD(net.parameters(), 0.1); swa_model, sched = AveragedModel(net), SWALR(opt, swa_lr=0.05)
for epoch in range(6):
    net.train()
    for a, b in loader:
        opt.zero_grad(); nn.functional.cross_entropy(net(a), b).backward(); opt.step()
    if epoch >= 2:
        swa_model.update_parameters(net); sched.step()
update_bn(loader, swa_model)
net.eval(); swa_model.eval()
with torch.no_grad():
    print((net(x[160:]).argmax(1) == y[160:]).float().mean().item())  # bug
    print((swa_model(x[160:]).argmax(1) == y[160:]).float().mean().item())  # fix
