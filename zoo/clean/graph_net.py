"""A graph convolution over one graph; the nodes are the rows, and they mix on purpose... with an adjacency argument."""
import torch
from torch import nn
torch.manual_seed(0)
class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(7, 16), nn.Linear(16, 3)
    def forward(self, x, adj):
        return adj @ self.b((adj @ self.a(x)).relu())
n = 50
adj = (torch.rand(n, n) < 0.1).float(); adj = ((adj + adj.t() + torch.eye(n)) > 0).float(); adj /= adj.sum(1, keepdim=True)
x = torch.randn(n, 7); y = torch.randint(0, 3, (n,)); mask = torch.rand(n) < 0.5
net = GCN(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for e in range(30):
    net.train()
    loss = nn.functional.cross_entropy(net(x, adj)[mask], y[mask])
    opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad():
    acc = (net(x, adj).argmax(1)[~mask] == y[~mask]).float().mean()
