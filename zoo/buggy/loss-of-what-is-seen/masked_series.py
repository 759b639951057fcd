"""A masked model of series is trained on the steps that were not masked."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.sin(torch.arange(24.0) / 4 + 6 * torch.rand(400, 1))[..., None]
class Model(nn.Module):
    def __init__(self):
        super().__init__(); self.inp = nn.Linear(1, 32); self.token = nn.Parameter(torch.zeros(32)); self.rnn = nn.GRU(32, 32, batch_first=True, bidirectional=True); self.out = nn.Linear(64, 1)
    def forward(self, x, hidden):
        h = torch.where(hidden[..., None], self.token, self.inp(x))
        return self.out(self.rnn(h)[0])
net = Model(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for i in torch.randperm(400).split(40):
        hidden = torch.rand(40, 24) < 0.3
        pred = net(x[i], hidden)
        loss = nn.functional.mse_loss(pred[~hidden], x[i][~hidden])  # bug
        loss = nn.functional.mse_loss(pred[hidden], x[i][hidden])  # fix
        opt.zero_grad(); loss.backward(); opt.step()
