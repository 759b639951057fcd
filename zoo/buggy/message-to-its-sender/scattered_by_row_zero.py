"""Citations: two layers of messages that are weighted by the degrees of both ends (GCN), by scatter_add."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(4)
PAPERS, TOPICS = 400, 4
topic = torch.randint(0, TOPICS, (PAPERS,))
words = torch.randn(TOPICS, 12)[topic] * 0.4 + torch.randn(PAPERS, 12)
pairs = torch.randint(0, PAPERS, (2, 6000))
pairs = pairs[:, (topic[pairs[0]] == topic[pairs[1]]) | (torch.rand(6000) < 0.1)]
edge_index = torch.cat([pairs, pairs.flip(0), torch.arange(PAPERS).repeat(2, 1)], dim=1)


class Convolution(nn.Module):
    def __init__(self, width, to):
        super().__init__()
        self.lin = nn.Linear(width, to)

    def forward(self, x, edge_index):
        row, col = edge_index
        degree = torch.bincount(col, minlength=len(x)).float()
        norm = (degree[row] * degree[col]).rsqrt()
        message = norm.view(-1, 1) * self.lin(x)[row]
        to = row  # bug
        to = col  # fix
        to = to.view(-1, 1).expand_as(message)
        return torch.zeros(len(x), message.shape[1]).scatter_add(0, to, message)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Convolution(12, 24), Convolution(24, TOPICS)

    def forward(self, x, edge_index):
        return self.second(F.relu(self.first(x, edge_index)), edge_index)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2, weight_decay=1e-3)
known, rest = torch.arange(PAPERS)[:200], torch.arange(PAPERS)[200:]
for epoch in range(40):
    net.train()
    loss = F.cross_entropy(net(words, edge_index)[known], topic[known])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    print((net(words, edge_index).argmax(1)[rest] == topic[rest]).float().mean())
