# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)); opt = torch.optim.Adam(net.parameters())
history = {"loss": []}
def step(x, y):
    opt.zero_grad()
    loss = (net(x) - y).pow(2).mean()
    loss.backward(); opt.step()
    history["loss"].append(loss)  # bug
    history["loss"].append(float(loss))  # fix
for i in range(25):
    x = torch.randn(16, 3); step(x, x.sum(1, keepdim=True))
print(sum(history["loss"]) / 25)
