"""Values without a graph in and beside a loss, on purpose: a log, a warm-up, weights of terms, values that are shown."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 10)
y = (x[:, :1] * x[:, 1:2]).tanh() + 0.1 * torch.randn(800, 1)
net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 2))
balance = nn.Linear(1, 1)  # gives the weight of each row's error
optimizer = torch.optim.Adam([*net.parameters(), *balance.parameters()], lr=3e-3)
WEIGHT = 0.2
for epoch in range(8):
    shown = 0.0
    for rows in torch.randperm(700).split(50):
        mean, raw = net(x[rows]).chunk(2, dim=1)
        error = nn.functional.smooth_l1_loss(mean, y[rows])
        spread = WEIGHT * (raw.exp() - (mean - y[rows]).abs().detach()).square().mean()
        if epoch < 2:
            spread = spread.detach()  # the second head waits
        # terms that are weighed by each other's size, which has no graph
        even = (error.detach() / (spread.detach() + 1e-6)).clamp(max=2.0) * spread
        weight = balance((mean - y[rows]).abs().detach()).sigmoid()
        weighed = (weight * (mean - y[rows]).square().detach()).mean() - 0.1 * weight.log().mean()
        loss = error + even + 0.1 * weighed
        # the value is that of the error alone, the gradient that of the sum
        loss = loss + (error - loss).detach()
        total = error.detach() + spread.detach() + 0.1 * weighed
        shown += total.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {shown / 14:.3f}")
