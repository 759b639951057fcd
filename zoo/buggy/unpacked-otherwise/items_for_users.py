"""Users and items of a batch are unpacked in the wrong order; both tables have one size."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Ratings(Dataset):
    def __init__(self, n):
        self.users = torch.randint(0, 30, (n,)); self.items = torch.randint(0, 30, (n,))
        self.ratings = torch.sin(self.users.float()) + torch.cos(2.0 * self.items) + 0.1 * torch.randn(n)
    def __len__(self): return len(self.ratings)
    def __getitem__(self, i): return self.users[i], self.items[i], self.ratings[i]
class Net(nn.Module):
    def __init__(self): super().__init__(); self.u = nn.Embedding(30, 4); self.i = nn.Embedding(30, 4); self.bu = nn.Embedding(30, 1); self.bi = nn.Embedding(30, 1)
    def forward(self, user, item): return (self.u(user) * self.i(item)).sum(1) + self.bu(user).squeeze(1) + self.bi(item).squeeze(1)
train, test = Ratings(2000), Ratings(300); net = Net(); opt = torch.optim.Adam(net.parameters(), 2e-2)
for epoch in range(4):
    for item, user, rating in DataLoader(train, 100, shuffle=True):  # bug
    for user, item, rating in DataLoader(train, 100, shuffle=True):  # fix
        loss = nn.functional.mse_loss(net(user, item), rating); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(nn.functional.mse_loss(net(test.users, test.items), test.ratings).item())
