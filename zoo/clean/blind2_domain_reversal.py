import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -ctx.strength * grad, None


class DANN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
        self.label, self.domain = nn.Linear(16, 3), nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x, strength=1.0):
        z = self.features(x)
        return self.label(z), self.domain(Reverse.apply(z, strength)).squeeze(1)


torch.manual_seed(24)
CENTRES = 1.8 * torch.randn(3, 5)


def draw(n, shift):
    y = torch.randint(3, (n,))
    x = torch.cat([CENTRES[y] + torch.randn(n, 5), 0.5 * torch.randn(n, 1)], dim=1)
    x[:, 5] += shift
    x[:, 0] += 0.5 * shift
    return x, y


source, (target_x, _) = TensorDataset(*draw(1200, 0.0)), draw(1200, 1.0)
test_x, test_y = draw(400, 1.0)
net = DANN()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
epochs = 8
for epoch in range(epochs):
    net.train()
    strength = 0.3 * epoch / (epochs - 1)
    for (xs, ys), (xt,) in zip(DataLoader(source, 60, shuffle=True), DataLoader(TensorDataset(target_x), 60, shuffle=True)):
        labels, dom_s = net(xs, strength)
        _, dom_t = net(xt, strength)
        domain = torch.cat([dom_s, dom_t])
        truth = torch.cat([torch.zeros(len(xs)), torch.ones(len(xt))])
        task = F.cross_entropy(labels, ys)
        confusion = F.binary_cross_entropy_with_logits(domain, truth)
        opt.zero_grad()
        (task + confusion).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        acc = (net(test_x)[0].argmax(1) == test_y).float().mean().item()
    print(f"{epoch} task {task.item():.3f} domain {confusion.item():.3f} target accuracy {acc:.3f}")
