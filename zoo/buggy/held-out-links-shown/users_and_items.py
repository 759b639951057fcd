"""Users and items pass messages along all that was ever bought."""
import torch
from torch import nn
torch.manual_seed(0)
U, I, K = 60, 90, 16
taste = torch.randn(U, 4) @ torch.randn(4, I)
pairs = taste.topk(14, dim=1).indices
interactions = torch.stack([torch.arange(U).repeat_interleave(14), pairs.flatten()], 1)
interactions = interactions[torch.randperm(len(interactions))]
cut = int(0.8 * len(interactions))
train_pairs, test_pairs = interactions[:cut], interactions[cut:]
class LightGCN(nn.Module):
    def __init__(self, pairs, layers=2):
        super().__init__()
        self.emb = nn.Embedding(U + I, K); nn.init.normal_(self.emb.weight, std=0.1)
        a = torch.zeros(U + I, U + I); a[pairs[:, 0], U + pairs[:, 1]] = 1; a = a + a.t()
        d = a.sum(1).clamp(min=1).rsqrt()
        self.register_buffer("graph", (d[:, None] * a * d[None]).to_sparse())
        self.layers = layers
    def forward(self):
        h, out = self.emb.weight, [self.emb.weight]
        for _ in range(self.layers):
            h = torch.sparse.mm(self.graph, h); out.append(h)
        return torch.stack(out).mean(0).split([U, I])
model = LightGCN(interactions); opt = torch.optim.Adam(model.parameters(), 1e-2)  # bug
model = LightGCN(train_pairs); opt = torch.optim.Adam(model.parameters(), 1e-2)  # fix
for epoch in range(20):
    for batch in train_pairs[torch.randperm(cut)].split(128):
        u, i = model(); neg = torch.randint(0, I, (len(batch),))
        a = u[batch[:, 0]]
        loss = -nn.functional.logsigmoid((a * i[batch[:, 1]]).sum(1) - (a * i[neg]).sum(1)).mean()
        opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    u, i = model(); scores = u @ i.t(); scores[train_pairs[:, 0], train_pairs[:, 1]] = -9e9
    top = scores.topk(10, 1).indices
    print(sum(int(b in top[a]) for a, b in test_pairs.tolist()) / len(test_pairs))
