import torch
from torch import nn
torch.manual_seed(0)
a, b = nn.Embedding(100, 16), nn.Embedding(100, 16); opt = torch.optim.SGD([*a.parameters(), *b.parameters()], 0.1)
for s in range(30):
    c, p = torch.randint(0, 100, (32,)), torch.randint(0, 100, (32,)); n = torch.randint(0, 100, (32, 5))
    pos = (a(c) * b(p)).sum(1); neg = torch.bmm(b(n), a(c).unsqueeze(2)).squeeze(2)
    loss = nn.functional.binary_cross_entropy_with_logits(pos, torch.ones(32)) + nn.functional.binary_cross_entropy_with_logits(neg, torch.zeros(32, 5))
    opt.zero_grad(); loss.backward(); opt.step()
