"""level: warning. A CRF gives its log-likelihood, and the program minimises it."""

import torch
import torch.nn as nn

torch.manual_seed(0)


class CRFTagger(nn.Module):
    def __init__(self, K=4):
        super().__init__()
        self.e = nn.Embedding(30, 16)
        self.l = nn.LSTM(16, 16, batch_first=True)
        self.o = nn.Linear(16, K)
        self.tr = nn.Parameter(torch.randn(K, K) * 0.1)

    def log_likelihood(self, x, y):
        em = self.o(self.l(self.e(x))[0])
        B, T, K = em.shape
        sc = em.gather(2, y[..., None]).squeeze(2).sum(1) + self.tr[y[:, :-1], y[:, 1:]].sum(1)
        a = em[:, 0]
        for t in range(1, T):
            a = torch.logsumexp(a[:, :, None] + self.tr[None], 1) + em[:, t]
        return (sc - torch.logsumexp(a, 1)).mean()

    forward = log_likelihood


x = torch.randint(0, 30, (300, 8))
y = x % 4
net = CRFTagger()
optimizer = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(5):
    for i in torch.randperm(300).split(20):
        loss = net(x[i], y[i])  # bug
        loss = -net(x[i], y[i])  # fix
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
