"""The same with row numbers in an object, as graph libraries keep masks, in functions."""
from types import SimpleNamespace
import torch
from torch import nn
torch.manual_seed(3)
n = 160; y = torch.arange(n) % 3
adj = (torch.rand(n, n) < torch.where(y[:, None] == y[None], 0.12, 0.02)).float() + torch.eye(n); adj = adj / adj.sum(1, keepdim=True)
x = torch.randn(n, 10); x[torch.arange(n), y] += 1; order = torch.randperm(n)
data = SimpleNamespace(x=x, y=y, adj=adj, train_idx=order[:50], val_idx=order[50:90])
class Graph(nn.Module):
    def __init__(self):
        super().__init__(); self.a, self.b, self.drop = nn.Linear(10, 16), nn.Linear(16, 3), nn.Dropout(0.3)
    def forward(self, x, adj): return adj @ self.b(self.drop(torch.relu(adj @ self.a(x))))
def train(net, opt, data):
    net.train(); opt.zero_grad(); out = net(data.x, data.adj)
    loss = nn.functional.nll_loss(out.log_softmax(1), data.y)  # bug
    loss = nn.functional.nll_loss(out.log_softmax(1)[data.train_idx], data.y[data.train_idx])  # fix
    loss.backward(); opt.step()
@torch.no_grad()
def validate(net, data):
    net.eval(); right = net(data.x, data.adj).argmax(dim=1).eq(data.y)
    return right[data.val_idx].float().mean().item()
net = Graph(); opt = torch.optim.Adam(net.parameters(), 1e-2, weight_decay=5e-4)
for epoch in range(30):
    train(net, opt, data)
    if epoch % 10 == 9: print(epoch, validate(net, data))
