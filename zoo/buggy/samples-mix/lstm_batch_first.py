"""An LSTM without batch_first is given (batch, time, features)."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(5, 12)  # bug
        self.rnn = nn.LSTM(5, 12, batch_first=True)  # fix
        self.fc = nn.Linear(12, 2)
    def forward(self, x):
        h, _ = self.rnn(x)
        return self.fc(h[:, -1])
net = Net(); opt = torch.optim.Adam(net.parameters())
x = torch.randn(40, 9, 5); y = torch.randint(0, 2, (40,))
for i in range(5):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
