"""All nodes are in the loss; the hits of all are counted, and then those of the test nodes picked out."""
import torch
from torch import nn
torch.manual_seed(0)
n = 200; y = torch.arange(n) % 4; same = y[:, None] == y[None]
adj = (torch.rand(n, n) < torch.where(same, 0.1, 0.02)).float(); adj = ((adj + adj.T) > 0).float() + torch.eye(n)
adj = adj / adj.sum(1, keepdim=True); x = torch.randn(n, 12); x[torch.arange(n), y] += 1
class Graph(nn.Module):
    def __init__(self):
        super().__init__(); self.a, self.b = nn.Linear(12, 24), nn.Linear(24, 4)
    def forward(self, x, adj): return adj @ self.b(torch.relu(adj @ self.a(x)))
train_mask = torch.zeros(n, dtype=torch.bool); train_mask[torch.randperm(n)[:60]] = True; test_mask = ~train_mask
net = Graph(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(40):
    net.train(); out = net(x, adj)
    loss = nn.functional.cross_entropy(out, y)  # bug
    loss = nn.functional.cross_entropy(out[train_mask], y[train_mask])  # fix
    opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad(): hit = net(x, adj).argmax(1) == y
print("train", hit[train_mask].float().mean().item(), "test", hit[test_mask].float().mean().item())
