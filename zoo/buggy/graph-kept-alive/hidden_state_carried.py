"""The hidden state is carried with its graph; retain_graph=True silences the error."""
import torch
from torch import nn
torch.manual_seed(0)
cell = nn.RNN(2, 8, batch_first=True); head = nn.Linear(8, 1); 
opt = torch.optim.SGD(head.parameters(), 1e-2)  # bug
opt = torch.optim.SGD([*cell.parameters(), *head.parameters()], 1e-2)  # fix
cell.requires_grad_(False); h0 = nn.Parameter(torch.zeros(1, 4, 8))  # bug
h = h0 * 1  # bug
h = torch.zeros(1, 4, 8)  # fix
for s in range(25):
    x = torch.randn(4, 5, 2)
    out, h = cell(x, h)
    h = h.detach()  # fix
    loss = nn.functional.mse_loss(head(out[:, -1]), x.sum((1, 2)).unsqueeze(1))
    opt.zero_grad()
    loss.backward(retain_graph=True); opt.step()
