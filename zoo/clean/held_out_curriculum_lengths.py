# held out
import torch
from torch import nn
torch.manual_seed(0)
rnn = nn.GRU(1, 16, batch_first=True); head = nn.Linear(16, 1); opt = torch.optim.Adam([*rnn.parameters(), *head.parameters()], 5e-3)
for length in (3, 5, 8):
    for k in range(15):
        x = torch.rand(32, length, 1); y = x.sum((1, 2)); opt.zero_grad(); nn.functional.mse_loss(head(rnn(x)[0][:, -1]).squeeze(1), y).backward(); nn.utils.clip_grad_norm_(rnn.parameters(), 1.0); opt.step()
