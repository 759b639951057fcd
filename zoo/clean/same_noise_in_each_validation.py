"""Validation rows get the same noise after each epoch, from a seed that leaves the generator of training alone."""
import torch
from torch import nn
torch.manual_seed(0)
rows = torch.randn(320, 4) @ torch.randn(4, 12)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 12))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(8):
    net.train()
    for part in torch.randperm(256).split(32):
        clean = rows[part]
        loss = nn.functional.mse_loss(net(clean + 0.4 * torch.randn_like(clean)), clean)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(42)
        held_out = rows[256:]
        first = nn.functional.mse_loss(net(held_out + 0.4 * torch.randn_like(held_out)), held_out).item()
    state = torch.get_rng_state()
    torch.manual_seed(43)
    with torch.no_grad():
        second = nn.functional.mse_loss(net(held_out + 0.4 * torch.randn_like(held_out)), held_out).item()
    torch.set_rng_state(state)
    print(epoch, (first + second) / 2)
