"""The copy that is to average a fine-tuned net is made before its weights are loaded."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
def make(): return nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2))
x = torch.randn(640, 12); y = (x[:, 0] * x[:, 1] > 0).long()
pretrained = make().state_dict()
net = make()
slow = copy.deepcopy(net)  # bug
net.load_state_dict(pretrained)
slow = copy.deepcopy(net)  # fix
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(6):
    for i in torch.randperm(512).split(128):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
        for s, p in zip(slow.parameters(), net.parameters()): s.data.mul_(0.98).add_(p.data, alpha=0.02)
    with torch.no_grad(): print(epoch, (slow(x[512:]).argmax(1) == y[512:]).float().mean().item())
