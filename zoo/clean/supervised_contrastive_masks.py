"""labels.view(-1, 1) == labels builds the mask of equal classes."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(enc.parameters(), 1e-3)
for i in range(15):
    x = torch.randn(32, 10); labels = torch.randint(0, 4, (32,))
    z = F.normalize(enc(x), dim=1)
    mask = (labels.view(-1, 1) == labels).float() - torch.eye(32)
    logits = z @ z.t() / 0.3 - 1e9 * torch.eye(32)
    logp = logits - logits.logsumexp(1, keepdim=True)
    loss = -((mask * logp).sum(1) / mask.sum(1).clamp_min(1)).mean()
    opt.zero_grad(); loss.backward(); opt.step()
