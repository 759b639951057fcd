"""The matrix of a graph net is made of all links, before those of the test are taken out."""
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score
from torch import nn
torch.manual_seed(0)
N, D = 150, 12
group = torch.randint(0, 5, (N,))
x = F.one_hot(group, 5).float() @ torch.randn(5, D) + torch.randn(N, D)
prob = torch.where(group[:, None] == group[None], 0.15, 0.01)
edges = torch.triu(torch.rand(N, N) < prob, 1).nonzero()
edges = edges[torch.randperm(len(edges))]
n_test = len(edges) // 5
test_edges, train_edges = edges[:n_test], edges[n_test:]
adj = torch.eye(N)
adj[edges[:, 0], edges[:, 1]] = 1  # bug
adj[edges[:, 1], edges[:, 0]] = 1  # bug
adj[train_edges[:, 0], train_edges[:, 1]] = 1  # fix
adj[train_edges[:, 1], train_edges[:, 0]] = 1  # fix
d = adj.sum(1).rsqrt()
adj = d[:, None] * adj * d[None]
class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1, self.w2 = nn.Linear(D, 32), nn.Linear(32, 16)
    def forward(self, x, adj):
        return adj @ self.w2(F.relu(adj @ self.w1(x)))
net = GCN(); opt = torch.optim.Adam(net.parameters(), lr=1e-2)
def decode(z, e): return (z[e[:, 0]] * z[e[:, 1]]).sum(1)
for epoch in range(50):
    z = net(x, adj)
    neg = torch.randint(0, N, (len(train_edges), 2))
    logits = torch.cat([decode(z, train_edges), decode(z, neg)])
    labels = torch.cat([torch.ones(len(train_edges)), torch.zeros(len(neg))])
    loss = F.binary_cross_entropy_with_logits(logits, labels)
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    z = net(x, adj)
    neg = torch.randint(0, N, (n_test, 2))
    s = torch.cat([decode(z, test_edges), decode(z, neg)])
    print("auc", roc_auc_score([1] * n_test + [0] * n_test, s.numpy()))
