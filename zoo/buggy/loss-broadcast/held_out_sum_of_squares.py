# held out
import numpy as np
import torch
rng = np.random.RandomState(3)
X = rng.rand(150, 4).astype(np.float32); y = X @ np.array([1, -2, 3, .5], dtype=np.float32)
X, y = torch.from_numpy(X), torch.from_numpy(y)
y = y.reshape(-1, 1)  # fix
class Linear(torch.nn.Module):
    def __init__(self):
        super().__init__(); self.w = torch.nn.Parameter(torch.zeros(4, 1)); self.b = torch.nn.Parameter(torch.zeros(1))
    def forward(self, x): return torch.mm(x, self.w) + self.b
lin = Linear(); opt = torch.optim.SGD(lin.parameters(), lr=1e-4)
for epoch in range(40):
    y_hat = lin(X)
    loss = torch.sum(torch.square(y_hat - y)) / len(X)
    opt.zero_grad(); loss.backward(); opt.step()
