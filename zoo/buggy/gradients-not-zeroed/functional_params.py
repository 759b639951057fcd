"""Hand-made parameters and an optimiser over a list."""
import torch

torch.manual_seed(0)
w = torch.zeros(5, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
x = torch.randn(100, 5)
y = x @ torch.tensor([[1.], [2.], [3.], [4.], [5.]]) + 0.5
opt = torch.optim.SGD([w, b], lr=0.01)
for t in range(30):
    if t:  # fix
        opt.zero_grad()  # fix
    pred = x @ w + b
    loss = (pred - y).pow(2).mean()
    loss.backward()
    opt.step()
