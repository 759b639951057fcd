"""Two views of a machine's sensors; negatives come from a queue of keys, as in momentum contrast."""
import torch
from torch import nn
from torch.nn import functional as F

TAU = 0.1


def contrast(q, k, queue):
    l_pos = torch.einsum("nc,nc->n", q, k).unsqueeze(1)
    l_neg = torch.einsum("nc,kc->nk", q, queue)
    l_neg = l_neg / TAU  # bug
    logits = torch.cat([l_pos, l_neg], dim=1)
    logits = logits / TAU  # fix
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))


torch.manual_seed(23)
mixing = torch.randn(5, 30)
net = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 16))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
queue = F.normalize(torch.randn(256, 16), dim=1)
for step in range(300):
    state = torch.randn(64, 5) @ mixing
    q, k = (F.normalize(net(state + 0.3 * torch.randn(64, 30)), dim=1) for _ in range(2))
    loss = contrast(q, k.detach(), queue)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    queue = torch.cat([queue[64:], k.detach()])
    if step % 100 == 99:
        print(step + 1, round(loss.item(), 3), f"nearest {((q @ k.T).argmax(1) == torch.arange(64)).float().mean():.2f}")
