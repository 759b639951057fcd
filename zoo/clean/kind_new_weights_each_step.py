import torch
torch.manual_seed(0)
w = torch.zeros(4, requires_grad=True)
for step in range(20):
    x = torch.randn(16, 4)
    loss = ((x @ w - x[:, 0]) ** 2).mean()
    loss.backward()
    w = (w - 0.1 * w.grad).detach().requires_grad_()
