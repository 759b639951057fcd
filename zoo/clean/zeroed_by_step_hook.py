"""A hook of the optimiser clears the gradients after each step: the loop does not."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(400, 8); y = x[:, :1] * 2 - x[:, 1:2]; net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
opt = torch.optim.AdamW(net.parameters(), 3e-3); opt.register_step_post_hook(lambda opt, args, kwargs: opt.zero_grad())
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(net(x[rows]), y[rows]); loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step()
    print(epoch, loss.item())
