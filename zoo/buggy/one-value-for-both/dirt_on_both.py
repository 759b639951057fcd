"""Restores clean signals: the pair goes to the device in one line, in which one name was typed twice."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
device = torch.device("cpu")
phase = torch.rand(800, 1) * 6.28
clean = torch.sin(torch.linspace(0, 6, 24)[None] + phase)
dirty = clean + 0.4 * torch.randn_like(clean)
loader = DataLoader(TensorDataset(dirty, clean), batch_size=50, shuffle=True)
net = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, 24)).to(device)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    total = 0.0
    for noisy, wanted in loader:
        noisy, wanted = noisy.to(device), noisy.to(device)  # bug
        noisy, wanted = noisy.to(device), wanted.to(device)  # fix
        loss = nn.functional.mse_loss(net(noisy), wanted)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print(epoch, total / len(loader))
