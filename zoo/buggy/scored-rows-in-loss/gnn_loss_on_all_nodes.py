"""The loss of a graph net without its training mask."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(14)
n = 200
x = torch.randn(n, 8); y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
adj = (torch.rand(n, n) < 0.03).float(); adj = ((adj + adj.t() + torch.eye(n)) > 0).float()
adj = adj / adj.sum(1, keepdim=True)
order = torch.randperm(n)
train_mask = torch.zeros(n, dtype=torch.bool); train_mask[order[:60]] = True
test_mask = torch.zeros(n, dtype=torch.bool); test_mask[order[100:]] = True
class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(8, 16), nn.Linear(16, 3)
    def forward(self, x, adj):
        return self.b(adj @ F.dropout(torch.relu(self.a(adj @ x)), 0.5, self.training))
net = GCN()
opt = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=5e-4)
for epoch in range(80):
    net.train()
    opt.zero_grad()
    out = net(x, adj)
    loss = F.cross_entropy(out, y)  # bug
    loss = F.cross_entropy(out[train_mask], y[train_mask])  # fix
    loss.backward()
    opt.step()
    if epoch % 10 == 9:
        net.eval()
        with torch.no_grad():
            out = net(x, adj)
            print("test", (out[test_mask].argmax(1) == y[test_mask]).float().mean().item())
