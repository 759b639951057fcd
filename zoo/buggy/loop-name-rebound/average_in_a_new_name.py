"""A moving average of weights gets a name, and is written nowhere."""
import torch, copy
from torch import nn
torch.manual_seed(0)
class EMA:
    def __init__(self, beta): self.beta = beta
    def update_model_average(self, ma_model, current_model):
        for cur, ma in zip(current_model.parameters(), ma_model.parameters()):
            old, new = ma.data, cur.data
            ma_data = old * self.beta + (1 - self.beta) * new  # bug
            ma.data = old * self.beta + (1 - self.beta) * new  # fix
net = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 2)); ema_net = copy.deepcopy(net).eval().requires_grad_(False); ema = EMA(.95)
opt = torch.optim.AdamW(net.parameters(), 3e-3)
pts = torch.randn(512, 2) * torch.tensor([.3, 1.]) + torch.tensor([2., 0.])
for ep in range(6):
    for b in torch.randperm(512).split(64):
        x = pts[b]; t = torch.rand(len(b), 1); e = torch.randn_like(x); xt = (1 - t) * x + t * e
        loss = (net(torch.cat([xt, t], 1)) - (e - x)).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step(); ema.update_model_average(ema_net, net)
    print(ep, loss.item())
x = torch.randn(200, 2)
with torch.no_grad():
    for k in range(20, 0, -1): x = x - ema_net(torch.cat([x, torch.full((200, 1), k / 20)], 1)) / 20
print(x.mean(0))
