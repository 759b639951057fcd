import torch
from torch import nn
torch.manual_seed(0)
n = 120
adj = (torch.rand(n, n) < 0.05).float()
adj = ((adj + adj.T + torch.eye(n)) > 0).float()
adj = adj / adj.sum(1, keepdim=True)
x = torch.randn(n, 10)
y = (adj @ x)[:, :3].argmax(1)
class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(10, 16), nn.Linear(16, 3)
        self.register_buffer("adj", adj)
        self.offsets = nn.Parameter(torch.zeros(n, 16))
    def forward(self, x):
        return self.b(self.adj @ torch.relu(self.adj @ self.a(x) + self.offsets))
net = GCN()
opt = torch.optim.Adam(net.parameters(), lr=1e-2, weight_decay=5e-4)
mask = torch.rand(n) < 0.5
for epoch in range(60):
    net.train()
    loss = nn.functional.cross_entropy(net(x)[mask], y[mask])
    opt.zero_grad()
    loss.backward()
    opt.step()
    net.eval()
    with torch.no_grad():
        acc = (net(x).argmax(1)[~mask] == y[~mask]).float().mean()
