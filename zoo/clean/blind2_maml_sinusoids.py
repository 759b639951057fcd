import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

torch.manual_seed(4)


def task():
    amplitude, phase = 0.5 + 2 * torch.rand(1), 3.14 * torch.rand(1)

    def draw(n):
        x = torch.rand(n, 1) * 4 - 2
        return x, amplitude * torch.sin(2 * x + phase)

    return draw


def adapt(net, params, x, y, steps, lr=0.05, higher=True):
    for _ in range(steps):
        loss = F.mse_loss(functional_call(net, params, (x,)), y)
        grads = torch.autograd.grad(loss, list(params.values()), create_graph=higher)
        params = {k: p - lr * g for (k, p), g in zip(params.items(), grads)}
    return params


net = nn.Sequential(nn.Linear(1, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh(), nn.Linear(40, 1))
meta = torch.optim.Adam(net.parameters(), lr=2e-3)
trace = []
for it in range(300):
    meta.zero_grad()
    outer = 0.0
    for _ in range(4):
        draw = task()
        fast = adapt(net, dict(net.named_parameters()), *draw(10), steps=1)
        x, y = draw(10)
        loss = F.mse_loss(functional_call(net, fast, (x,)), y) / 4
        loss.backward()
        outer += loss.item()
    meta.step()
    trace.append(outer)
    if it % 60 == 59:
        print(it + 1, sum(trace[-60:]) / 60)

before, after = [], []
for _ in range(20):
    draw = task()
    (xs, ys), (xq, yq) = draw(10), draw(50)
    fast = adapt(net, dict(net.named_parameters()), xs, ys, steps=5, higher=False)
    with torch.no_grad():
        before.append(F.mse_loss(net(xq), yq).item())
        after.append(F.mse_loss(functional_call(net, fast, (xq,)), yq).item())
print("before", sum(before) / 20, "after", sum(after) / 20)
