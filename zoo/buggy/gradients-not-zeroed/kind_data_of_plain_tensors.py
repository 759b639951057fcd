import torch

torch.manual_seed(0)
w, b = torch.zeros(5, requires_grad=True), torch.zeros((), requires_grad=True)
x = torch.randn(200, 5)
y = x @ torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0]) + 1
for epoch in range(8):
    for i in range(0, 200, 40):
        ((x[i : i + 40] @ w + b - y[i : i + 40]) ** 2).mean().backward()
        for p in (w, b):
            p.data.add_(p.grad, alpha=-0.05)
            p.grad.zero_()  # fix
print(w, b)
