"""The labels are shifted by the loop, and again by the model."""
import torch
from torch import nn

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(15, 16), nn.LSTM(16, 32, batch_first=True), nn.Linear(32, 15)

    def forward(self, input_ids, labels):
        logits = self.out(self.rnn(self.embed(input_ids))[0])
        loss = nn.functional.cross_entropy(logits[:, :-1].reshape(-1, 15), labels[:, 1:].reshape(-1))
        return loss, logits


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(20):
    text = (torch.arange(12) * 4 + torch.randint(0, 15, (8, 1)) + torch.randint(0, 2, (8, 12))) % 15
    loss, _ = model(input_ids=text[:, :-1], labels=text[:, 1:])  # bug
    loss, _ = model(input_ids=text, labels=text)  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
