import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_diabetes


class Accumulator:
    """Runs the optimiser once for every `size` micro-batches."""

    def __init__(self, opt, size, total):
        self.opt, self.size, self.total = opt, size, total

    def start(self):
        self.count = 0
        self.opt.zero_grad()

    def backward(self, loss):
        group = min(self.size, self.total - self.count // self.size * self.size)
        (loss / group).backward()
        self.count += 1
        if self.count % self.size == 0:  # bug
        if self.count % self.size == 0 or self.count == self.total:  # fix
            self.opt.step()
            self.opt.zero_grad()


torch.manual_seed(139)
X, y = load_diabetes(return_X_y=True)
order = torch.randperm(len(X))
X, y = torch.tensor(X).float()[order], torch.tensor(y).float()[order]
X = (X - X[:352].mean(0)) / X[:352].std(0)
y = ((y - y[:352].mean()) / y[:352].std()).unsqueeze(1)
loader = DataLoader(TensorDataset(X[:352], y[:352]), batch_size=16, shuffle=True)

net = nn.Sequential(nn.Linear(10, 32), nn.SiLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
accumulator = Accumulator(opt, 4, len(loader))
for epoch in range(20):
    net.train()
    accumulator.start()
    total = 0.0
    for xb, yb in loader:
        loss = nn.functional.mse_loss(net(xb), yb)
        accumulator.backward(loss)
        total += loss.item()
    if epoch % 5 == 4:
        print(epoch + 1, round(total / len(loader), 4))
net.eval()
with torch.no_grad():
    print("test mse", nn.functional.mse_loss(net(X[352:]), y[352:]).item())
