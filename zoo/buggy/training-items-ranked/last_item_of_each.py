"""The last item of each user is left out: is it among the ten best? In batches of users, each after another."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(5)
USERS, ITEMS = 120, 80
taste = torch.randn(USERS, 4) @ torch.randn(4, ITEMS) + 0.3 * torch.randn(USERS, ITEMS)
best = taste.topk(11, dim=1).indices
best = torch.stack([row[torch.randperm(11)] for row in best])
history, last = best[:, :10], best[:, 10]
u = torch.arange(USERS).repeat_interleave(10); i = history.reshape(-1)
class Tower(nn.Module):
    def __init__(self, n): super().__init__(); self.e = nn.Embedding(n, 16); self.f = nn.Linear(16, 16)
    def forward(self, x): return self.f(self.e(x))
class Two(nn.Module):
    def __init__(self): super().__init__(); self.user, self.item = Tower(USERS), Tower(ITEMS)
    def forward(self, u, i): return (self.user(u) * self.item(i)).sum(-1)
net = Two(); opt = torch.optim.Adam(net.parameters(), 0.01); bce = nn.BCEWithLogitsLoss()
loader = DataLoader(TensorDataset(u, i), batch_size=100, shuffle=True)
def hit_rate():
    net.eval(); hits = 0
    with torch.no_grad():
        for batch in torch.arange(USERS).split(40):
            scores = net.user(batch) @ net.item(torch.arange(ITEMS)).t()
            scores.scatter_(1, history[batch], float("-inf"))  # fix
            hits += (scores.topk(10, dim=1).indices == last[batch].unsqueeze(1)).sum().item()
    net.train()
    return hits / USERS
for epoch in range(15):
    for users, positive in loader:
        negative = torch.randint(0, ITEMS, positive.shape)
        both = net(torch.cat([users, users]), torch.cat([positive, negative]))
        loss = bce(both, torch.cat([torch.ones(len(users)), torch.zeros(len(users))]))
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, hit_rate())
