import torch
from torch import nn
torch.manual_seed(0)
class B(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.c1 = nn.Conv2d(i, o, 3, s, 1, bias=False); self.b1 = nn.BatchNorm2d(o); self.c2 = nn.Conv2d(o, o, 3, 1, 1, bias=False); self.b2 = nn.BatchNorm2d(o)
        self.s = nn.Sequential(nn.Conv2d(i, o, 1, s, bias=False), nn.BatchNorm2d(o)) if s > 1 or i != o else nn.Identity()
    def forward(self, x):
        return (self.b2(self.c2(self.b1(self.c1(x)).relu())) + self.s(x)).relu()
net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), B(8, 8, 1), B(8, 16, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 4))
opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9, weight_decay=1e-4, nesterov=True); sched = torch.optim.lr_scheduler.MultiStepLR(opt, [2, 3])
for e in range(4):
    net.train()
    for i in range(5):
        x = torch.randn(16, 3, 12, 12); y = torch.randint(0, 4, (16,))
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y, label_smoothing=0.1).backward(); opt.step()
    sched.step()
    net.eval()
    with torch.inference_mode():
        net(torch.randn(16, 3, 12, 12)).argmax(1)
