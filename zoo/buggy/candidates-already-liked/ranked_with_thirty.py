"""The last item of each user is ranked with thirty others, drawn from all items but itself."""
import torch
from torch import nn
torch.manual_seed(7)
USERS, ITEMS = 90, 140
taste = torch.randn(USERS, 5) @ torch.randn(5, ITEMS) + torch.randn(USERS, ITEMS)
liked = torch.stack([row[torch.randperm(25)] for row in taste.topk(25, 1).indices]); train, last = liked[:, :24], liked[:, 24]
def candidates():
    rows = []
    for user in range(USERS):
        allowed = torch.ones(ITEMS, dtype=torch.bool); allowed[last[user]] = False
        allowed[train[user]] = False  # fix
        pool = allowed.nonzero().squeeze(1)
        rows.append(torch.cat([last[user : user + 1], pool[torch.randperm(len(pool))[:30]]]))
    return torch.stack(rows)
class Factors(nn.Module):
    def __init__(self): super().__init__(); self.u, self.i = nn.Embedding(USERS, 12), nn.Embedding(ITEMS, 12)
    def forward(self, u, i): return (self.u(u) * self.i(i)).sum(-1)
net = Factors(); opt = torch.optim.Adam(net.parameters(), 1e-2); others = candidates()
is_liked = torch.zeros(USERS, ITEMS, dtype=torch.bool).scatter_(1, liked, True)
u = torch.arange(USERS).repeat_interleave(24); i = train.reshape(-1)
for epoch in range(6):
    for rows in torch.randperm(len(u)).split(120):
        j = torch.randint(ITEMS, (len(rows),))
        while is_liked[u[rows], j].any(): j = torch.where(is_liked[u[rows], j], torch.randint(ITEMS, j.shape), j)
        loss = -nn.functional.logsigmoid(net(u[rows], i[rows]) - net(u[rows], j)).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        scores = net(torch.arange(USERS).repeat_interleave(31), others.reshape(-1)).view(USERS, 31)
        print(epoch, ((scores[:, 1:] > scores[:, :1]).sum(1) < 5).float().mean().item())
