"""Tags at padding are -100; right ones are counted, and divided by the number of all places."""
import torch
from torch import nn
torch.manual_seed(0)
words = torch.randint(1, 30, (160, 10)); lengths = torch.randint(4, 11, (160, 1)); tags = words % 3
tags[torch.arange(10) >= lengths] = -100; words[torch.arange(10) >= lengths] = 0
net = nn.Sequential(nn.Embedding(30, 16, padding_idx=0), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 3)); opt = torch.optim.Adam(net.parameters(), 1e-2)
@torch.no_grad()
def score(rows):
    right = total = 0
    for i in rows.split(20):
        guess = net(words[i]).argmax(-1)
        right += (guess == tags[i]).sum().item()
        total += tags[i].numel()  # bug
        total += (tags[i] != -100).sum().item()  # fix
    return right / total
for epoch in range(5):
    for i in torch.randperm(120).split(20):
        loss = nn.functional.cross_entropy(net(words[i]).flatten(0, 1), tags[i].flatten())
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, score(torch.arange(120, 160)))
