"""Semi-supervised node classification: one graph, a few labelled nodes, the rest held out."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
N, CLASSES = 120, 3
y = torch.arange(N) % CLASSES
x = torch.randn(N, 10)
x[:, :CLASSES] += 0.7 * F.one_hot(y, CLASSES)
chance = torch.where(y[:, None] == y[None, :], 0.12, 0.02)
adjacency = torch.triu((torch.rand(N, N) < chance).float(), 1)
adjacency = adjacency + adjacency.T + torch.eye(N)
scale = adjacency.sum(1).rsqrt()
adjacency = (scale[:, None] * adjacency * scale[None, :]).to_sparse()

order = torch.randperm(N)
train, val = order[:45], order[45:75]


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2, self.drop = nn.Linear(10, 16), nn.Linear(16, CLASSES), nn.Dropout(0.3)

    def forward(self, x, adj):
        h = torch.relu(torch.sparse.mm(adj, self.l1(x)))
        return torch.sparse.mm(adj, self.l2(self.drop(h)))


net = GCN()
opt = torch.optim.Adam(net.parameters(), lr=0.02, weight_decay=5e-4)
for epoch in range(40):
    net.train()
    opt.zero_grad()
    loss = F.cross_entropy(net(x, adjacency)[train], y[train])
    loss.backward()
    opt.step()
    if epoch % 10 == 9:
        net.eval()
        with torch.no_grad():
            right = net(x, adjacency)[val].argmax(1) == y[val]
        print(epoch + 1, loss.item(), right.float().mean().item())
