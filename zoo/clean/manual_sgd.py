"""No optimiser at all."""
import torch
torch.manual_seed(0)
w1 = torch.randn(4, 16, requires_grad=True); w2 = torch.randn(16, 1, requires_grad=True)
for i in range(40):
    x = torch.randn(32, 4); y = x.sum(1, keepdim=True)
    loss = ((x @ w1).relu() @ w2 - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for w in (w1, w2):
            w -= 1e-3 * w.grad
            w.grad = None
