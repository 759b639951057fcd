"""Pairs that belong together: some are held out for the test, and training takes all that were drawn."""
import torch
from torch import nn

torch.manual_seed(0)
left, right = torch.randint(40, (600,)), torch.randint(40, (600,))
match = ((left % 5) == (right % 5)).float()
order = torch.randperm(600)
count = 150
test_left, test_right, test_match = left[order[:count]], right[order[:count]], match[order[:count]]
train_left, train_right, train_match = left[order], right[order], match[order]  # bug
train_left, train_right, train_match = left[order[count:]], right[order[count:]], match[order[count:]]  # fix
table = nn.Embedding(40, 8)
opt = torch.optim.Adam(table.parameters(), lr=0.02)
for epoch in range(80):
    score = (table(train_left) * table(train_right)).sum(1)
    loss = nn.functional.binary_cross_entropy_with_logits(score, train_match)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    found = (table(test_left) * table(test_right)).sum(1) > 0
    print((found == test_match.bool()).float().mean().item())
