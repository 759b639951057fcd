"""Active learning in five rounds."""
import numpy as np, torch
from torch import nn
torch.manual_seed(68); rng = np.random.default_rng(68)
X = torch.randn(900, 8); Y = ((X[:, 0] > 0).long() + 2 * (X[:, 1] > 0).long())
labelled = list(range(40)); pool = [i for i in range(40, 900)]
def train(net, idx, steps=30):
    opt = torch.optim.Adam(net.parameters(), lr=5e-3); idx = np.array(idx)
    for _ in range(steps):
        b = torch.as_tensor(rng.choice(idx, 32)); loss = nn.functional.cross_entropy(net(X[b]), Y[b]); opt.zero_grad(); loss.backward(); opt.step()
    return loss.item()
def entropy(net, idx):
    with torch.no_grad(): p = net(X[idx]).softmax(1)
    return -(p * p.clamp_min(1e-9).log()).sum(1)
for rnd in range(5):
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4)); last = train(net, labelled)
    top = entropy(net, pool).topk(30).indices.tolist()
    chosen = top  # bug
    chosen = [pool[i] for i in top]  # fix
    labelled += chosen
    pool = [i for i in pool if i not in set(chosen)]
    print(rnd, last, len(set(labelled)))
