"""A transformer layer without batch_first; what is read of it stands where the second input is, not the first."""
import torch
from torch import nn
torch.manual_seed(2)
class Likes(nn.Module):
    def __init__(self):
        super().__init__()
        self.items, self.score = nn.Embedding(30, 16), nn.Linear(16, 1)
        self.mix = nn.TransformerEncoderLayer(16, 2, 32, 0.0)  # bug
        self.mix = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True)  # fix
    def forward(self, history, candidate):
        both = torch.cat([self.items(history), self.items(candidate)[:, None]], 1)
        return self.score(self.mix(both)[:, -1])[:, 0]
history, candidate = torch.randint(0, 30, (600, 7)), torch.randint(0, 30, (600,))
liked = (history % 3 == candidate[:, None] % 3).float().mean(1).round()
net = Likes(); optimizer = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    for rows in torch.randperm(600).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(net(history[rows], candidate[rows]), liked[rows])
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(epoch, loss.item())
