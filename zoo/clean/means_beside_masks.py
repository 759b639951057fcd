"""Means over steps beside masked attention: keys hidden at random to regularise, and a mean that is scaled by lengths."""
import torch
from torch import nn

torch.manual_seed(11)
count, steps = 512, 12
lengths = torch.randint(3, steps + 1, (count,))
words = torch.randint(1, 40, (count, steps)) * (torch.arange(steps) < lengths[:, None])
labels = ((words > 20).sum(1) * 2 > lengths).long()
readings = torch.randn(count, steps, 4)


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(41, 16, padding_idx=0)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, words, lengths):
        x = self.embed(words)
        h = x + self.attention(x, x, x, key_padding_mask=words == 0)[0]
        h = torch.where((words != 0).unsqueeze(-1), h, torch.zeros(()))
        return self.head(h.mean(1) * steps / lengths[:, None])


class Sensors(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(4, 16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.head = nn.Linear(16, 1)

    def forward(self, readings):
        x = self.embed(readings)
        hidden = torch.rand(readings.shape[:2]) < 0.3
        hidden[:, 0] = False
        h = x + self.attention(x, x, x, key_padding_mask=hidden if self.training else None)[0]
        return self.head(h.mean(1))[:, 0]


text, sensors = Text(), Sensors()
optimizer = torch.optim.Adam([*text.parameters(), *sensors.parameters()], lr=2e-3)
for epoch in range(2):
    for rows in torch.randperm(count).split(64):
        loss = nn.functional.cross_entropy(text(words[rows], lengths[rows]), labels[rows])
        loss = loss + nn.functional.mse_loss(sensors(readings[rows]), readings[rows].mean((1, 2)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
