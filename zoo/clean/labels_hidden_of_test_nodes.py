"""Two nets of one graph: one has ignored labels for the test nodes, the other's loss is of all nodes with weights of 0; hits are masked."""
import torch
from torch import nn
torch.manual_seed(0)
n = 180; y = torch.arange(n) % 3
adj = (torch.rand(n, n) < torch.where(y[:, None] == y[None], 0.12, 0.02)).float() + torch.eye(n); adj = adj / adj.sum(1, keepdim=True)
x = torch.randn(n, 9); x[torch.arange(n), y] += 1
test_mask = torch.rand(n) < 0.6; seen = y.masked_fill(test_mask, -100); weight = (~test_mask).float()
class Graph(nn.Module):
    def __init__(self):
        super().__init__(); self.a, self.b = nn.Linear(9, 16), nn.Linear(16, 3)
    def forward(self, x, adj): return adj @ self.b(torch.relu(adj @ self.a(x)))
first, second = Graph(), Graph(); F = nn.functional
for net in (first, second):
    opt = torch.optim.Adam(net.parameters(), 1e-2)
    for epoch in range(30):
        net.train(); out = net(x, adj)
        if net is first: loss = F.cross_entropy(out, seen)
        else: loss = (F.cross_entropy(out, y, reduction="none") * weight).sum() / weight.sum()
        opt.zero_grad(); loss.backward(); opt.step()
        if epoch % 10 == 9:
            net.eval()
            with torch.no_grad(): hit = net(x, adj).argmax(1) == y
            print(hit[test_mask].float().mean().item())
