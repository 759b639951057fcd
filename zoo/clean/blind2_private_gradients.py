import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call, grad, vmap
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

CLIP, NOISE, LOT = 1.0, 0.6, 64
torch.manual_seed(34)
X, y = load_breast_cancer(return_X_y=True)
Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.3, stratify=y, random_state=34)
mean, std = Xa.mean(0), Xa.std(0)
Xa, Xb = (torch.tensor((v - mean) / std).float().clamp(-5, 5) for v in (Xa, Xb))
ya, yb = torch.tensor(ya), torch.tensor(yb)

net = nn.Sequential(nn.Linear(30, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.5)


def row_loss(params, x, t):
    out = functional_call(net, params, (x.unsqueeze(0),))
    return F.cross_entropy(out, t.unsqueeze(0))


per_row = vmap(grad(row_loss), in_dims=(None, 0, 0))


def private_step():
    chosen = torch.rand(len(Xa)) < LOT / len(Xa)
    params = {k: p.detach() for k, p in net.named_parameters()}
    grads = per_row(params, Xa[chosen], ya[chosen])
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in grads.values()], dim=1).norm(dim=1)
    scale = (CLIP / (norms + 1e-6)).clamp(max=1.0)
    for name, p in net.named_parameters():
        total = torch.einsum("n,n...->...", scale, grads[name])
        p.grad = (total + NOISE * CLIP * torch.randn_like(p)) / LOT
    opt.step()


for step in range(120):
    private_step()
    if step % 30 == 29:
        net.eval()
        with torch.no_grad():
            out = net(Xb)
        print(step + 1, f"loss {F.cross_entropy(out, yb).item():.3f} accuracy {(out.argmax(1) == yb).float().mean().item():.3f}")
        net.train()
