"""A small net learns next words from a large one; the divergence is divided by the 40 words."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(6)
words = 40
chain = torch.randn(words, words).mul(2).softmax(1)
before = torch.randint(0, words, (1600,))
after = torch.multinomial(chain[before], 1)[:, 0]
teacher = chain.log()
student = nn.Sequential(nn.Embedding(words, 12), nn.Linear(12, words))
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
lam, temperature = 0.9, 2.0


def distillation(logits, wanted):
    divergence = F.kl_div(F.log_softmax(logits / temperature, -1), F.softmax(wanted / temperature, -1), reduction="none")
    return divergence.mean() * temperature**2  # bug
    return divergence.sum(-1).mean() * temperature**2  # fix


for epoch in range(3):
    for rows in torch.randperm(1600).split(80):
        logits = student(before[rows])
        hard = F.cross_entropy(logits, after[rows])
        soft = distillation(logits, teacher[before[rows]])
        loss = lam * soft + (1 - lam) * hard
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, hard.item(), soft.item())
