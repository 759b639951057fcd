import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(6)
N, CLASSES = 240, 3


def block_graph():
    label = torch.randint(CLASSES, (N,))
    same = label[:, None] == label[None, :]
    p = torch.where(same, 0.06, 0.01)
    a = torch.triu((torch.rand(N, N) < p).float(), 1)
    a = a + a.t() + torch.eye(N)
    deg = a.sum(1).rsqrt()
    x = torch.randn(N, 8) + 0.5 * F.one_hot(label, 8).float()
    return deg[:, None] * a * deg[None, :], x, label


class GraphConv(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.w = nn.Linear(a, b)

    def forward(self, adj, x):
        return adj @ self.w(x)


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = GraphConv(8, 16), GraphConv(16, CLASSES)
        self.drop = nn.Dropout(0.3)

    def forward(self, adj, x):
        return self.c2(adj, self.drop(F.relu(self.c1(adj, x))))


adj, x, y = block_graph()
order = torch.randperm(N)
train, valid = torch.zeros(N, dtype=torch.bool), torch.zeros(N, dtype=torch.bool)
train[order[:80]] = True
valid[order[80:160]] = True
net = GCN()
opt = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=5e-3)
for epoch in range(60):
    net.train()
    loss = F.cross_entropy(net(adj, x)[train], y[train])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 15 == 14:
        net.eval()
        with torch.no_grad():
            out = net(adj, x)
        acc = (out.argmax(1) == y)[valid].float().mean().item()
        print(epoch + 1, f"train {loss.item():.3f} valid {F.cross_entropy(out[valid], y[valid]).item():.3f} accuracy {acc:.3f}")
