"""A tag for every word: the class dimension is moved by reshape."""
import torch
from torch import nn

torch.manual_seed(0)


class Chunker(nn.Module):
    def __init__(self, words=40, tags=7):
        super().__init__()
        self.embed = nn.Embedding(words, 24)
        self.mix = nn.TransformerEncoderLayer(24, 3, 48, dropout=0.0, batch_first=True)
        self.tags = nn.Linear(24, tags)

    def forward(self, sentence):
        return {"logits": self.tags(self.mix(self.embed(sentence)))}


net = Chunker()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for _ in range(20):
    sentence = torch.randint(0, 40, (8, 11))
    logits = net(sentence)["logits"]
    loss = criterion(logits.reshape(8, 7, 11), sentence % 7)  # bug
    loss = criterion(logits.permute(0, 2, 1), sentence % 7)  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
