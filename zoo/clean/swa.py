import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
dl = DataLoader(TensorDataset(torch.randn(160, 6), torch.randint(0, 2, (160,))), 20, shuffle=True)
net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), 0.1)
swa, sched = AveragedModel(net), SWALR(opt, swa_lr=0.05)
for e in range(5):
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    if e >= 2:
        swa.update_parameters(net); sched.step()
update_bn(dl, swa)
swa.eval()
with torch.no_grad():
    print(swa(torch.randn(5, 6)).shape)
