import torch
from torch import nn
torch.manual_seed(0)
class Stream(nn.Module):
    def __init__(self, batch):
        super().__init__()
        self.rnn = nn.LSTM(5, 16, batch_first=True)
        self.out = nn.Linear(16, 5)
        self.state = None
    def forward(self, x):
        h, state = self.rnn(x, self.state)
        self.state = tuple(s.detach() for s in state)
        return self.out(h)
net = Stream(8)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
series = torch.randn(8, 401, 5).cumsum(1) * 0.1
for epoch in range(3):
    net.state = None
    for t in range(0, 400, 20):
        x, y = series[:, t : t + 20], series[:, t + 1 : t + 21]
        loss = nn.functional.mse_loss(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
