"""Noise is taken off signals; the validation loss is that of the noisy ones."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
t = torch.linspace(0, 6.28, 32)
clean = torch.sin(t * (1 + 2 * torch.rand(600, 1)) + 6 * torch.rand(600, 1))
noisy = clean + 0.4 * torch.randn_like(clean)
train = DataLoader(TensorDataset(noisy[:500], clean[:500]), batch_size=50, shuffle=True)
valid = DataLoader(TensorDataset(noisy[500:], clean[500:]), batch_size=50)
net = nn.Sequential(nn.Linear(32, 96), nn.ReLU(), nn.Linear(96, 32))
criterion, opt = nn.MSELoss(), torch.optim.Adam(net.parameters(), lr=2e-3)


def learn(net):
    net.train()
    for inputs, targets in train:
        opt.zero_grad()
        criterion(net(inputs), targets).backward()
        opt.step()


@torch.no_grad()
def validate(net):
    net.eval()
    total = 0.0
    for inputs, targets in valid:
        total += criterion(inputs, targets).item()  # bug
        total += criterion(net(inputs), targets).item()  # fix
    return total / len(valid)


for epoch in range(12):
    learn(net)
    print(epoch, round(validate(net), 4))
