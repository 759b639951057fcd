"""level: warning. Pairwise cosines, and the logarithm of their sum by logsumexp."""
import torch
from torch import nn
torch.manual_seed(11)
x = torch.randn(480, 10)
net = nn.Sequential(nn.Linear(10, 40), nn.ReLU(), nn.Linear(40, 12)); opt = torch.optim.Adam(net.parameters(), 1e-3)
cosine, n = nn.CosineSimilarity(dim=2), 48
for epoch in range(4):
    for rows in torch.randperm(480).split(n):
        z = net(torch.cat([x[rows] + 0.1 * torch.randn(n, 10), x[rows] + 0.1 * torch.randn(n, 10)]))
        sim = cosine(z.unsqueeze(1), z.unsqueeze(0)) / 0.5
        pos = torch.cat([sim.diag(n), sim.diag(-n)])
        sim = sim.masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))  # fix
        loss = (sim.logsumexp(dim=1) - pos).mean(); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
