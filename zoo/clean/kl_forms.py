"""kl_div with logarithms and without, and cross-entropy with weighted and smoothed distributions."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
t = nn.Linear(6, 4).requires_grad_(False); n = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4)); opt = torch.optim.SGD(n.parameters(), .1)
for _ in range(15):
    x = torch.randn(16, 6); lt = (3 * t(x)).log_softmax(1)
    loss = F.kl_div(n(x).log_softmax(1), lt, log_target=True, reduction="batchmean") + F.kl_div(n(x).log_softmax(1), lt.exp(), reduction="batchmean")
    w = torch.rand(16, 1); soft = lt.exp() * w
    loss = loss + F.cross_entropy(n(x), soft) + F.cross_entropy(n(x), lt.exp(), label_smoothing=.1)
    opt.zero_grad(); loss.backward(); opt.step()
