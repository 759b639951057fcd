import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
torch.manual_seed(0)
net = nn.LSTM(4, 8, batch_first=True); head = nn.Linear(8, 1)
params = list(net.parameters()) + list(head.parameters())
opt = torch.optim.Adam(params)
for i in range(10):
    x = torch.randn(16, 6, 4)
    out = head(net(x)[0][:, -1])
    loss = nn.functional.mse_loss(out, x.sum((1, 2)).unsqueeze(1))
    opt.zero_grad()
    loss.backward()
    clip_grad_norm_(params, 0.5)  # fix
    opt.step()
    clip_grad_norm_(params, 0.5)  # bug
