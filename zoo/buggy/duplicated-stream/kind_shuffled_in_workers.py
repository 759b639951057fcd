import random, torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset
class Stream(IterableDataset):
    def __init__(self, x, y): self.x, self.y = x, y
    def __iter__(self):
        order = torch.randperm(len(self.x)).tolist()
        info = torch.utils.data.get_worker_info()  # fix
        order = list(range(len(self.x)))[info.id::info.num_workers]  # fix
        random.shuffle(order)
        for i in order:
            yield self.x[i], self.y[i]
if __name__ == "__main__":
    torch.manual_seed(0)
    x = torch.randn(120, 6); y = (x[:, 0] > 0).long()
    loader = DataLoader(Stream(x, y), batch_size=15, num_workers=3)
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(2):
        for a, b in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(a), b).backward()
            optimizer.step()
