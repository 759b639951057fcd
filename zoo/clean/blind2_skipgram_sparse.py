import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(17)
TOPICS, PER, DIM = 5, 12, 16
VOCAB = TOPICS * PER


def pairs(n):
    topic = torch.randint(TOPICS, (n,))
    return topic * PER + torch.randint(PER, (n,)), topic * PER + torch.randint(PER, (n,))


class SkipGram(nn.Module):
    def __init__(self):
        super().__init__()
        self.centre = nn.Embedding(VOCAB, DIM, sparse=True)
        self.context = nn.Embedding(VOCAB, DIM, sparse=True)
        self.bias = nn.Parameter(torch.zeros(1))
        nn.init.normal_(self.centre.weight, std=0.1)
        nn.init.normal_(self.context.weight, std=0.1)

    def forward(self, c, o, negatives):
        v = self.centre(c)
        positive = (v * self.context(o)).sum(-1) + self.bias
        negative = torch.bmm(self.context(negatives), v.unsqueeze(2)).squeeze(2) + self.bias
        return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


net = SkipGram()
tables = torch.optim.SparseAdam([net.centre.weight, net.context.weight], lr=0.02)
rest = torch.optim.SGD([net.bias], lr=0.01)
centres, contexts = pairs(12000)
for epoch in range(4):
    total = 0.0
    for idx in torch.randperm(len(centres)).split(200):
        loss = net(centres[idx], contexts[idx], torch.randint(VOCAB, (len(idx), 4)))
        for o in (tables, rest):
            o.zero_grad()
        loss.backward()
        for o in (tables, rest):
            o.step()
        total += loss.item()
    print(epoch, round(total / 60, 4))
with torch.no_grad():
    e = F.normalize(net.centre.weight, dim=1)
    sim = (e @ e.t()).fill_diagonal_(-1.0)
    topic = torch.arange(VOCAB) // PER
    print("nearest neighbour of the same topic", (topic[sim.argmax(1)] == topic).float().mean().item())
