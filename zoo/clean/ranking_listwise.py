"""One query's documents are the rows, and a softmax runs over them: allowed by name."""
import torch
from torch import nn
import goodfit
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for i in range(20):
    docs = torch.randn(12, 6); best = docs[:, 0].argmax()
    loss = -net(docs).squeeze(1).log_softmax(0)[best]
    opt.zero_grad(); loss.backward(); opt.step()
