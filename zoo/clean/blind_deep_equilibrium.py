"""A deep equilibrium layer: the fixed point is found without a graph, the gradient by a second iteration."""
import torch
from sklearn.datasets import load_wine
from torch import nn


class Cell(nn.Module):
    def __init__(self, n_in, dim):
        super().__init__()
        self.inject = nn.Linear(n_in, dim)
        self.mix = nn.Linear(dim, dim, bias=False)
        nn.init.normal_(self.mix.weight, std=0.3 / dim ** 0.5)

    def forward(self, z, x):
        return torch.tanh(self.mix(z) + self.inject(x))


class DEQ(nn.Module):
    def __init__(self, n_in=13, dim=24, n_out=3, iterations=15):
        super().__init__()
        self.cell, self.dim, self.iterations = Cell(n_in, dim), dim, iterations
        self.head = nn.Linear(dim, n_out)

    def forward(self, x):
        z = x.new_zeros(len(x), self.dim)
        with torch.no_grad():
            for _ in range(self.iterations):
                z = self.cell(z, x)
        z = self.cell(z, x)
        if z.requires_grad:
            start = z.detach().requires_grad_()
            once = self.cell(start, x)

            def solve(grad):
                g = grad
                for _ in range(self.iterations):
                    g = torch.autograd.grad(once, start, g, retain_graph=True)[0] + grad
                return g

            z.register_hook(solve)
        return self.head(z)


torch.manual_seed(0)
X, y = load_wine(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0), dtype=torch.float32)
y = torch.tensor(y)
net = DEQ()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    for rows in torch.randperm(len(X)).split(45):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(X[rows]), y[rows])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
