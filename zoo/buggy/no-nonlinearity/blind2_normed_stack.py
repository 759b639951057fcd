import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split


class Dense(nn.Module):
    """Linear, then normalisation, then whatever is asked for."""

    def __init__(self, a, b, norm=True, act=None):
        super().__init__()
        self.linear = nn.Linear(a, b)
        self.norm = nn.BatchNorm1d(b) if norm else nn.Identity()
        self.act = act() if act is not None else nn.Identity()

    def forward(self, x):
        return self.act(self.norm(self.linear(x)))


class MLP(nn.Module):
    def __init__(self, n_in, widths, n_out, act=nn.ReLU):
        super().__init__()
        sizes = [n_in, *widths]
        self.hidden = nn.Sequential(*[Dense(a, b) for a, b in zip(sizes, sizes[1:])])  # bug
        self.hidden = nn.Sequential(*[Dense(a, b, act=act) for a, b in zip(sizes, sizes[1:])])  # fix
        self.out = Dense(sizes[-1], n_out, norm=False)

    def forward(self, x):
        return self.out(self.hidden(x))


torch.manual_seed(227)
X, y = make_moons(1200, noise=0.15, random_state=227)
Xa, Xb, ya, yb = train_test_split(torch.tensor(X).float(), torch.tensor(y), test_size=0.25, random_state=227)
Xa, Xb = ((v - Xa.mean(0)) / Xa.std(0) for v in (Xa, Xb))
net = MLP(2, [24, 24], 2)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(10):
    net.train()
    for x, t in DataLoader(TensorDataset(Xa, ya), batch_size=60, shuffle=True):
        loss = nn.functional.cross_entropy(net(x), t)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        acc = (net(Xb).argmax(1) == yb).float().mean().item()
    print(f"epoch {epoch} loss {loss.item():.3f} accuracy {acc:.3f}")
