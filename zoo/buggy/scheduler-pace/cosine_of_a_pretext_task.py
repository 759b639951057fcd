"""A net is pretrained in a function, under a cosine of as many steps as there are batches; then a probe is trained."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
centres = torch.randn(4, 20)
kinds = torch.randint(0, 4, (1600,))
x = centres[kinds] + torch.randn(1600, 20)


def pretrain(epochs):
    net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8), nn.Tanh(), nn.Linear(8, 20))
    loader = DataLoader(TensorDataset(x[:1280]), batch_size=40, shuffle=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    steps_per_epoch = len(loader)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps_per_epoch)  # bug
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)  # fix
    for epoch in range(epochs):
        for (rows,) in loader:
            hidden = rows * (torch.rand_like(rows) > 0.3)
            loss = nn.functional.mse_loss(net(hidden), rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        cosine.step()
        print(f"epoch {epoch}: {loss.item():.3f} at {steps_per_epoch} steps, {cosine.get_last_lr()[0]:.2e}")
    return net[:4]


encoder = pretrain(6).requires_grad_(False)
probe = nn.Linear(8, 4)
optimizer = torch.optim.Adam(probe.parameters(), lr=0.02)
codes = encoder(x)
for _ in range(120):
    optimizer.zero_grad()
    nn.functional.cross_entropy(probe(codes[:400]), kinds[:400]).backward()
    optimizer.step()
print(f"{(probe(codes[1280:]).argmax(1) == kinds[1280:]).float().mean():.3f}")
