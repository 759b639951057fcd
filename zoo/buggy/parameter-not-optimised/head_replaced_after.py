"""The head is replaced after the optimiser was made."""
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1000))
opt = torch.optim.SGD(model.parameters(), lr=0.05)  # bug
model[2] = nn.Linear(32, 5)
opt = torch.optim.SGD(model.parameters(), lr=0.05)  # fix
x, y = torch.randn(100, 10), torch.randint(0, 5, (100,))
for i in range(15):
    loss = nn.functional.cross_entropy(model(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
