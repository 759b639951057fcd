"""Word vectors are put into a net whose output layer was tied to the embedding before."""
import torch
from torch import nn

torch.manual_seed(0)
WORDS, WIDTH = 36, 20
vectors = 0.3 * torch.randn(WORDS, WIDTH)


class Speaker(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.lstm = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.out = nn.Linear(WIDTH, WORDS, bias=False)
        self.out.weight = self.words.weight  # bug
        self.words = nn.Embedding.from_pretrained(vectors, freeze=False)
        self.out.weight = self.words.weight  # fix

    def forward(self, tokens):
        return self.out(self.lstm(self.words(tokens))[0])


tokens = (torch.randint(WORDS, (480, 1)) + 5 * torch.arange(9)) % WORDS
net = Speaker()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    for rows in torch.randperm(480).split(24):
        logits = net(tokens[rows, :-1])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), tokens[rows, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
