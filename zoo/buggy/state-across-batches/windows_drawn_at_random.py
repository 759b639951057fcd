"""Windows of a wave are drawn at random from six, and each begins with the state that another one left."""
import torch
from torch import nn
torch.manual_seed(0)
wave = torch.sin(torch.linspace(0, 18, 220)) + 0.05 * torch.randn(220)
rnn, out = nn.RNN(1, 16, batch_first=True), nn.Linear(16, 1)
opt = torch.optim.Adam([*rnn.parameters(), *out.parameters()], 0.01)
state = torch.zeros(1, 1, 16)
for i in range(60):
    start = 30 * torch.randint(6, ()).item()
    x, y = wave[start:start + 29].view(1, 29, 1), wave[start + 1:start + 30].view(1, 29, 1)
    h, state = rnn(x, state)
    state = state.detach()  # bug
    state = torch.zeros(1, 1, 16)  # fix
    loss = nn.functional.mse_loss(out(h), y)
    opt.zero_grad(); loss.backward(); opt.step()
