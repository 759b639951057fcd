import torch
from torch import nn
torch.manual_seed(0)
class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 24, batch_first=True)
        self.out = nn.Linear(24, 1)
    def forward(self, x):
        return self.out(self.rnn(x[..., None])[0][:, -1])[:, 0]
net = Memory()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(60):
    x = torch.randn(32, 8)
    loss = nn.functional.mse_loss(net(x), x[:, 0] + x[:, 3])
    opt.zero_grad()
    loss.backward()
    opt.step()
