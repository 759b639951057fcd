"""Training links are in the graph that is read, then those of validation too, when the links of the test are asked for."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
nodes = 130
group = torch.randint(0, 5, (nodes,))
pairs = torch.triu(torch.rand(nodes, nodes) < torch.where(group[:, None] == group[None], 0.16, 0.01), 1).nonzero()
train_edges, val_edges, test_edges = pairs[torch.randperm(len(pairs))].t().tensor_split([int(0.8 * len(pairs)), int(0.9 * len(pairs))], 1)


def both_ways(*parts):
    ends = torch.cat(parts, 1)
    return torch.cat([ends, ends.flip(0)], 1)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(nodes, 16)
        self.own, self.sent = nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, edge_index):
        x = self.table.weight
        received = torch.zeros_like(x).index_add(0, edge_index[1], self.sent(x)[edge_index[0]])
        count = torch.bincount(edge_index[1], minlength=nodes).clamp(min=1)[:, None]
        return self.own(x) + received / count


def scores(z, ends):
    return (z[ends[0]] * z[ends[1]]).sum(1)


def auc(z, ends):
    negative = scores(z, torch.randint(0, nodes, (2, 500)))
    return (scores(z, ends)[:, None] > negative[None]).float().mean().item()


net = Encoder()
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(40):
    z = net(both_ways(train_edges))
    negative = torch.randint(0, nodes, train_edges.shape)
    loss = -F.logsigmoid(scores(z, train_edges)).mean() - F.logsigmoid(-scores(z, negative)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    print(auc(net(both_ways(train_edges)), val_edges), auc(net(both_ways(train_edges, val_edges)), test_edges))
