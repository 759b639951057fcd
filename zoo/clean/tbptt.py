"""Truncated backpropagation through time, hidden state detached between windows; sequence first."""
import torch
from torch import nn
torch.manual_seed(0)
rnn, head = nn.LSTM(1, 16), nn.Linear(16, 1)
opt = torch.optim.Adam([*rnn.parameters(), *head.parameters()], 1e-2)
seq = torch.sin(torch.linspace(0, 60, 401)).view(-1, 1, 1).repeat(1, 5, 1)
for epoch in range(2):
    state = None
    for i in range(0, 400, 20):
        out, state = rnn(seq[i:i + 20], state)
        state = tuple(s.detach() for s in state)
        loss = nn.functional.mse_loss(head(out), seq[i + 1:i + 21])
        opt.zero_grad(); loss.backward(); opt.step()
