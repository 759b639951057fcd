"""Skip-gram with drawn words: they get the label of words that were seen together."""
import torch
from torch import nn

torch.manual_seed(0)


class SkipGram(nn.Module):
    def __init__(self, words=120, width=16):
        super().__init__()
        self.centre, self.context = nn.Embedding(words, width), nn.Embedding(words, width)
        self.criterion = nn.BCEWithLogitsLoss()

    def forward(self, centre, context, drawn):
        vector = self.centre(centre)
        pos_score = (vector * self.context(context)).sum(dim=1)
        neg_score = torch.bmm(self.context(drawn), vector.unsqueeze(2)).squeeze(2)
        loss = self.criterion(pos_score, torch.ones_like(pos_score))
        return loss + self.criterion(neg_score, torch.ones_like(neg_score))  # bug
        return loss + self.criterion(neg_score, torch.zeros_like(neg_score))  # fix


net = SkipGram()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(60):
    centre = torch.randint(0, 120, (64,))
    context = (centre + torch.randint(1, 3, (64,))) % 120
    loss = net(centre, context, torch.randint(0, 120, (64, 5)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
