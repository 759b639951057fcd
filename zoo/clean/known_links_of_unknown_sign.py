"""Who rates whom is known of all; whether the rating is good is asked of some links, and the graph holds every link."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
people = 90
kind = torch.randn(people, 4)
edges = torch.combinations(torch.arange(people))
edges = edges[torch.randperm(len(edges))[:900]].t()
good = ((kind[edges[0]] * kind[edges[1]]).sum(1) > 0).float()
train_edges, test_edges, train_good, test_good = edges[:, :700], edges[:, 700:], good[:700], good[700:]
graph = torch.eye(people)
graph[edges[0], edges[1]] = graph[edges[1], edges[0]] = 1
graph = graph / graph.sum(1, keepdim=True)
x = kind + 0.5 * torch.randn(people, 4)


class Signs(nn.Module):
    def __init__(self):
        super().__init__()
        self.own, self.other, self.score = nn.Linear(4, 32), nn.Linear(4, 32), nn.Bilinear(32, 32, 1)

    def forward(self, x, graph, ends):
        h = F.relu(self.own(x) + graph @ self.other(x))
        return self.score(h[ends[0]], h[ends[1]]).squeeze(1)


net = Signs()
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(40):
    loss = F.binary_cross_entropy_with_logits(net(x, graph, train_edges), train_good)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    print(((net(x, graph, test_edges) > 0).float() == test_good).float().mean().item())
