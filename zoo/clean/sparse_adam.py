import torch
from torch import nn
torch.manual_seed(0)
emb = nn.Embedding(200, 16, sparse=True)
out = nn.Linear(16, 5)
sparse, dense = torch.optim.SparseAdam(emb.parameters(), lr=1e-2), torch.optim.Adam(out.parameters(), lr=1e-2)
for step in range(60):
    t = torch.randint(0, 200, (64, 6))
    loss = nn.functional.cross_entropy(out(emb(t).mean(1)), t[:, 0] % 5)
    for o in (sparse, dense):
        o.zero_grad()
    loss.backward()
    for o in (sparse, dense):
        o.step()
