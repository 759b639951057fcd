"""Correct: mixture density."""
import torch
import torch.nn as nn
torch.manual_seed(75)

class MDN(nn.Module):

    def __init__(self):
        super().__init__()
        self.h = nn.Sequential(nn.Linear(1, 32), nn.Tanh())
        self.pi, self.mu, self.s = (nn.Linear(32, 3), nn.Linear(32, 3), nn.Linear(32, 3))

    def forward(self, x):
        h = self.h(x)
        return (self.pi(h).log_softmax(1), self.mu(h), self.s(h))
net = MDN()
opt = torch.optim.Adam(net.parameters(), lr=0.005)
Y = torch.rand(600, 1) * 2 - 1
X = Y + 0.3 * torch.sin(6 * Y) + 0.05 * torch.randn(600, 1)
for epoch in range(5):
    for i in torch.randperm(600).split(40):
        lp, mu, ls = net(X[i])
        ll = torch.distributions.Normal(mu, ls.exp()).log_prob(Y[i])
        loss = -torch.logsumexp(lp + ll, 1).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
