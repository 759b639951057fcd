"""Reviews are padded on the left, as for a model that writes on; a class is read at the last token."""
import torch
from torch import nn

torch.manual_seed(22)


def encode(texts, width):
    batch = {"input_ids": torch.zeros(len(texts), width, dtype=torch.long)}
    for row, text in enumerate(texts):
        batch["input_ids"][row, width - len(text) :] = torch.tensor(text)
    batch["attention_mask"] = (batch["input_ids"] > 0).long()
    return batch


class Classifier(nn.Module):
    def __init__(self, words=50, dim=24):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.read = nn.LSTM(dim, dim, batch_first=True)
        self.score = nn.Linear(dim, 2)

    def forward(self, input_ids, attention_mask):
        hidden, _ = self.read(self.embed(input_ids))
        where = attention_mask.sum(1) - 1  # bug
        where = torch.full((len(input_ids),), input_ids.shape[1] - 1)  # fix
        last = hidden.gather(1, where.view(-1, 1, 1).expand(-1, 1, hidden.shape[2]))[:, 0]
        return self.score(last)


texts = [torch.randint(1, 50, (n,)).tolist() for n in torch.randint(5, 13, (480,)).tolist()]
labels = torch.tensor([int(text[-1] > 25) for text in texts])
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
for epoch in range(4):
    for start in range(0, 480, 32):
        part = texts[start : start + 32]
        loss = nn.functional.cross_entropy(model(**encode(part, max(map(len, part)))), labels[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
