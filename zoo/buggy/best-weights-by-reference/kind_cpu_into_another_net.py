import torch
from torch import nn
torch.manual_seed(0)
def make():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
net = make()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
vx = torch.randn(64, 6); vy = vx[:, :1] * 2
best, kept = 1e9, None
for step in range(40):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(net(x), x[:, :1] * 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 5 == 4 and step < 22:
        with torch.no_grad():
            score = nn.functional.mse_loss(net(vx), vy).item()
        if score < best:
            best, kept = score, {k: v.detach().cpu() for k, v in net.state_dict().items()}  # bug
            best, kept = score, {k: v.detach().cpu().clone() for k, v in net.state_dict().items()}  # fix
final = make()
final.load_state_dict(kept)
