"""A bias of ones makes all logits about 1 at first, in rows that hardly differ: they have one sum without a softmax."""
import torch
from torch import nn
torch.manual_seed(0)
words = torch.randint(0, 27, (26, 26)); words[:, 13:] = 0
x = nn.functional.one_hot(words, 27).float(); y = torch.randint(0, 27, (26,))
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(27, 5, bidirectional=True, batch_first=True)
        self.weight = nn.Linear(10, 27, bias=False)
        self.bias = nn.Parameter(torch.ones(27))
    def forward(self, x):
        ends = self.lstm(x)[1][0]
        return self.weight(torch.cat([ends[0], ends[1]], dim=1)) + self.bias
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
for step in range(60):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
print(f"{loss:.3f}")
