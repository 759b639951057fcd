import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(600, 1, 8, 8); y = (x.sum((1, 2, 3)) > 0).long()
loader = DataLoader(TensorDataset(x[:480], y[:480]), 48, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 2))
opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
swa, ema = AveragedModel(net), AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.95))
swa_sched = SWALR(opt, swa_lr=0.02, anneal_epochs=2)
for epoch in range(6):
    net.train()
    for a, b in loader:
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step(); ema.update_parameters(net)
    if epoch >= 2:
        swa.update_parameters(net); swa_sched.step()
    ema.eval()
    with torch.no_grad(): print(epoch, (ema(x[480:]).argmax(1) == y[480:]).float().mean().item())
update_bn(loader, swa)
swa.eval()
with torch.no_grad(): print((swa(x[480:]).argmax(1) == y[480:]).float().mean().item())
