import torch
from torch import nn
torch.manual_seed(0)
class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(6, 16, batch_first=True)
        self.score = nn.Linear(16, 1)
        self.out = nn.Linear(16, 3)
    def forward(self, x):
        h, _ = self.rnn(x)
        weights = torch.softmax(self.score(h), dim=-1)  # bug
        weights = torch.softmax(self.score(h), dim=1)  # fix
        return self.out((weights * h).sum(1))
net = Pool()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.randn(256, 7, 6)
y = x[:, 3, :3].argmax(1)
for epoch in range(6):
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
