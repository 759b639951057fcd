"""Links in both directions are looked up and added, those of validation too."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
class Sage(nn.Module):
    def __init__(self, i, o):
        super().__init__(); self.own, self.nb = nn.Linear(i, o), nn.Linear(i, o, bias=False)
    def forward(self, h, edge_index):
        src, dst = edge_index
        agg = torch.zeros_like(h).index_add(0, dst, h[src])
        deg = torch.bincount(dst, minlength=len(h)).clamp(min=1)[:, None]
        return self.own(h) + self.nb(agg / deg)
class Encoder(nn.Module):
    def __init__(self, n):
        super().__init__(); self.emb = nn.Embedding(n, 16); self.c1, self.c2 = Sage(16, 32), Sage(32, 16)
    def forward(self, edge_index): return self.c2(F.relu(self.c1(self.emb.weight, edge_index)), edge_index)
def main():
    rng = np.random.default_rng(0); torch.manual_seed(0); n = 120
    block = rng.integers(0, 4, n)
    pairs = np.array([(i, j) for i in range(n) for j in range(i + 1, n) if rng.random() < (0.2 if block[i] == block[j] else 0.015)])
    rng.shuffle(pairs)
    k = int(0.85 * len(pairs))
    train_pos, val_pos = torch.tensor(pairs[:k]).t(), torch.tensor(pairs[k:]).t()
    full = torch.tensor(pairs).t()
    edge_index = torch.cat([full, full.flip(0)], dim=1)  # bug
    edge_index = torch.cat([train_pos, train_pos.flip(0)], dim=1)  # fix
    model = Encoder(n); optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(40):
        model.train()
        z = model(edge_index)
        neg = torch.randint(0, n, train_pos.shape)
        pos_score, neg_score = (z[train_pos[0]] * z[train_pos[1]]).sum(-1), (z[neg[0]] * z[neg[1]]).sum(-1)
        loss = -F.logsigmoid(pos_score).mean() - F.logsigmoid(-neg_score).mean()
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        if epoch % 10 == 9:
            model.eval()
            with torch.no_grad():
                z = model(edge_index)
                p = (z[val_pos[0]] * z[val_pos[1]]).sum(-1); q = torch.randint(0, n, val_pos.shape); q = (z[q[0]] * z[q[1]]).sum(-1)
                print(epoch, loss.item(), (p[:, None] > q[None]).float().mean().item())
main()
