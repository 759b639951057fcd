"""A function decodes with true values before each step; the block that validates leaves its share as it is."""
import torch
from torch import nn
torch.manual_seed(1)
time = torch.arange(40) * 0.3
series = torch.sin(time + 6 * torch.rand(384, 1)) + 0.1 * torch.randn(384, 40)
cell, head = nn.GRUCell(1, 24), nn.Linear(24, 1)
opt = torch.optim.Adam([*cell.parameters(), *head.parameters()], 5e-3)
def forecast(past, future, *, teacher_forcing=0.7):
    state = torch.zeros(len(past), 24)
    for value in past.T: state = cell(value[:, None], state)
    outs = [head(state)]
    for step in range(future.shape[1] - 1):
        given = torch.rand(len(past), 1) < teacher_forcing
        state = cell(torch.where(given, future[:, step : step + 1], outs[-1]), state)
        outs.append(head(state))
    return torch.cat(outs, 1)
past, future = series[:, :28], series[:, 28:]
for epoch in range(14):
    for rows in torch.randperm(320).split(64):
        loss = nn.functional.mse_loss(forecast(past[rows], future[rows]), future[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        out = forecast(past[320:], future[320:])  # bug
        out = forecast(past[320:], future[320:], teacher_forcing=0.0)  # fix
        print(epoch, loss.item(), nn.functional.mse_loss(out, future[320:]).item())
