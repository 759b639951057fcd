import torch
import torch.nn as nn

torch.manual_seed(1)
SENTENCES = """we like green tea
they like black coffee
we drink cold water
you drink hot coffee
they buy fresh bread
you buy green apples""".split("\n")
words = sorted({w for s in SENTENCES for w in s.split()})
lookup = {w: i for i, w in enumerate(words)}
pairs = [(lookup[a], lookup[b], lookup[c]) for s in SENTENCES for a, b, c in zip(s.split(), s.split()[1:], s.split()[2:])]
trigrams = torch.tensor(pairs)


class NextWord(nn.Module):
    def __init__(self, n, dim=10, context=2, hidden=32):
        super().__init__()
        self.embeddings = nn.Embedding(n, dim)
        self.linear1 = nn.Linear(context * dim, hidden)
        self.linear2 = nn.Linear(hidden, n)

    def forward(self, context):
        h = torch.relu(self.linear1(self.embeddings(context).flatten(1)))
        return torch.softmax(self.linear2(h), dim=1)  # bug
        return torch.log_softmax(self.linear2(h), dim=1)  # fix


model = NextWord(len(words))
loss_function = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for epoch in range(60):
    model.zero_grad()
    loss = loss_function(model(trigrams[:, :2]), trigrams[:, 2])
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
