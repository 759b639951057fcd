"""A softmax over scores that a sigmoid scaled by a learned factor, and a sigmoid beside a softmax."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.keys, self.values, self.scale = nn.Linear(10, 4), nn.Linear(10, 16), nn.Parameter(torch.tensor(4.0))
        self.gate, self.out = nn.Linear(10, 16), nn.Linear(16, 2)

    def forward(self, x):
        shares = torch.softmax(self.scale * torch.sigmoid(self.keys(x)), dim=1)
        h = torch.relu(self.values(x)).view(len(x), 4, 4) * shares.unsqueeze(2)
        return self.out(h.flatten(1) * torch.sigmoid(self.gate(x)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(900).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
