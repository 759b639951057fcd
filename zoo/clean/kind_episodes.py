import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset
torch.manual_seed(0)
Y = torch.arange(20).repeat_interleave(15); X = torch.randn(300, 8) + nn.functional.one_hot(Y % 8, 8)
class Tasks(Sampler):
    def __init__(self, y, n, k, count): self.y, self.n, self.k, self.count = y, n, k, count
    def __len__(self): return self.count
    def __iter__(self):
        for _ in range(self.count):
            ways = torch.randperm(20)[: self.n]
            yield torch.cat([torch.nonzero(self.y == w).flatten()[torch.randperm(15)[: self.k]] for w in ways]).tolist()
loader = DataLoader(TensorDataset(X, Y), batch_sampler=Tasks(Y, 5, 6, 10))
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for x, y in loader:
        z = net(x).view(5, 6, 16); proto = z[:, :3].mean(1); q = z[:, 3:].reshape(15, 16)
        loss = nn.functional.cross_entropy(-torch.cdist(q, proto), torch.arange(5).repeat_interleave(3))
        opt.zero_grad(); loss.backward(); opt.step()
