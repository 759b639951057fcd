# held out
import torch
from torch import nn
torch.manual_seed(0)
hyper = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 4 * 8 + 8 + 8 + 1)); opt = torch.optim.Adam(hyper.parameters(), 1e-3)
for k in range(30):
    task = torch.randn(2); w = hyper(task); w1, b1, w2, b2 = w[:32].view(8, 4), w[32:40], w[40:48].view(1, 8), w[48:]
    x = torch.randn(32, 4); y = (x[:, :2] * task).sum(1, keepdim=True)
    loss = nn.functional.mse_loss(nn.functional.linear(nn.functional.linear(x, w1, b1).relu(), w2, b2), y); opt.zero_grad(); loss.backward(); opt.step()
