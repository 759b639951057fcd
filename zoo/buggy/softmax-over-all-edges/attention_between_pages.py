"""Attention over the neighbours of each page: a layer that is written by hand, on a graph of 200 pages of four topics."""

import torch
from torch import nn

torch.manual_seed(0)
PAGES, TOPICS = 200, 4
topic = torch.randint(0, TOPICS, (PAGES,))
pairs = torch.randint(0, PAGES, (2, 6000))
alike = (topic[pairs[0]] == topic[pairs[1]]) | (torch.rand(6000) < 0.04)
links = pairs[:, alike & (pairs[0] != pairs[1])]
words = nn.functional.one_hot(topic, TOPICS).float() + 1.2 * torch.randn(PAGES, TOPICS)
train = torch.rand(PAGES) < 0.3


class Neighbours(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin = nn.Linear(inputs, outputs)
        self.score = nn.Linear(2 * outputs, 1)

    def forward(self, x, links):
        source, target = links
        h = self.lin(x)
        e = nn.functional.leaky_relu(self.score(torch.cat([h[source], h[target]], dim=1)), 0.2)
        alpha = torch.softmax(e, dim=0)  # bug
        alpha = torch.exp(e - e.max())  # fix
        alpha = alpha / torch.zeros(len(x), 1).index_add(0, target, alpha)[target].clamp(min=1e-9)  # fix
        return torch.zeros_like(h).index_add(0, target, alpha * h[source])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Neighbours(TOPICS, 16), Neighbours(16, TOPICS)

    def forward(self, x, links):
        return self.second(torch.relu(self.first(x, links)), links)


net = Net()
optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(80):
    out = net(words, links)
    loss = nn.functional.cross_entropy(out[train], topic[train])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
print((net(words, links).argmax(1) == topic)[~train].float().mean().item())
