import warnings
import torch
from torch import nn
warnings.simplefilter("ignore")
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters())
for i in range(10):
    x = torch.randn(32, 5)
    with torch.autocast("cuda", dtype=torch.bfloat16):  # bug
    with torch.autocast("cpu", dtype=torch.bfloat16):  # fix
        loss = nn.functional.mse_loss(net(x), x[:, :1])
    opt.zero_grad(); loss.backward(); opt.step()
