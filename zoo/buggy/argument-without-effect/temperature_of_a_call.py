"""A sampler is asked for cooler samples, and divides by its own temperature."""
import torch
from torch import nn

torch.manual_seed(0)


class Speller(nn.Module):
    def __init__(self, letters=12, temperature=1.0):
        super().__init__()
        self.temperature = temperature
        self.table = nn.Embedding(letters, 16)
        self.head = nn.Linear(16, letters)

    def forward(self, x):
        return self.head(self.table(x))

    def draw(self, x, temperature):  # bug
        logits = self(x) / self.temperature  # bug
    def draw(self, x, temperature):  # fix
        logits = self(x) / temperature  # fix
        return torch.multinomial(logits.softmax(-1), 1)[:, 0]


net = Speller()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
rule = torch.randperm(12)
for step in range(120):
    x = torch.randint(0, 12, (64,))
    y = torch.where(torch.rand(64) < 0.7, rule[x], torch.randint(0, 12, (64,)))
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
letters = torch.randint(0, 12, (500,))
for temperature in (1.0, 0.3):
    print(temperature, (net.draw(letters, temperature=temperature) == rule[letters]).float().mean().item())
