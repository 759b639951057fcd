"""A helper evaluates every 20 steps and does not put the mode back; slices, no loader."""
import torch
from torch import nn

torch.manual_seed(0)
X, Y = torch.randn(1000, 12), torch.randint(0, 2, (1000,))

def accuracy(model, x, y):
    was = model.training  # fix
    model.eval()
    with torch.no_grad():
        acc = (model(x).argmax(-1) == y).float().mean().item()
    model.train(was)  # fix
    return acc

model = nn.Sequential(nn.Linear(12, 30), nn.ReLU(), nn.Dropout(0.3), nn.Linear(30, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
model.train()
for step in range(80):
    i = torch.randint(0, 800, (50,))
    loss = nn.functional.cross_entropy(model(X[i]), Y[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 40 == 39:
        print(step, accuracy(model, X[800:], Y[800:]))
