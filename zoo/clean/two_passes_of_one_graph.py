"""Two heads on one trunk; each head's loss goes back by itself over the graph of one call."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.kind, self.size = nn.Sequential(nn.Linear(6, 24), nn.Tanh()), nn.Linear(24, 3), nn.Linear(24, 1)
    def forward(self, x):
        h = self.trunk(x)
        return self.kind(h), self.size(h).squeeze(1)
X = torch.randn(400, 6); kind, size = X[:, :3].argmax(1), X[:, 3] - X[:, 4]
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        of_kind, of_size = net(X[rows])
        opt.zero_grad()
        F.cross_entropy(of_kind, kind[rows]).backward(retain_graph=True)
        (0.5 * F.mse_loss(of_size, size[rows])).backward()
        opt.step()
