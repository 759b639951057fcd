import torch
import torch.nn as nn


class SentimentNet(nn.Module):
    def __init__(self, vocab=80, dim=20):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim, padding_idx=0)
        self.encoder = nn.GRU(dim, dim, batch_first=True)
        self.classifier = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, 2))

    def encode(self, tokens):
        with torch.no_grad():  # bug
            _, h = self.encoder(self.embedding(tokens))  # bug
        _, h = self.encoder(self.embedding(tokens))  # fix
        return h[-1]

    def forward(self, tokens):
        return self.classifier(self.encode(tokens))


def make_reviews(n):
    good = torch.randint(0, 2, (n,))
    tokens = torch.randint(1, 80, (n, 14))
    marker = torch.where(good == 1, torch.randint(1, 9, (n,)), torch.randint(9, 17, (n,)))
    tokens[torch.arange(n), torch.randint(0, 14, (n,))] = marker
    tokens[:, -3:] = marker[:, None]
    return tokens, good


torch.manual_seed(0)
reviews, good = make_reviews(400)
model = SentimentNet()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()
for epoch in range(5):
    for rows in torch.randperm(400).split(50):
        optimizer.zero_grad()
        loss = criterion(model(reviews[rows]), good[rows])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
