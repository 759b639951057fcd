"""Q-learning: q[:, actions] takes for each state the values of all states' actions."""
import torch
from torch import nn

torch.manual_seed(0)
S, A = torch.randn(600, 6), torch.randint(0, 3, (600,))
S2 = S + 0.1 * torch.randn(600, 6)
R, D = S2[:, 0], (torch.rand(600) < 0.1).float()
make = lambda: nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
net, target_net = make(), make()
target_net.load_state_dict(net.state_dict())
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(60):
    i = torch.randint(0, 600, (32,))
    with torch.no_grad():
        y = R[i] + 0.99 * (1 - D[i]) * target_net(S2[i]).max(1).values
    q = net(S[i])[:, A[i]]  # bug
    q = net(S[i])[torch.arange(32), A[i]]  # fix
    loss = nn.functional.smooth_l1_loss(q, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        target_net.load_state_dict(net.state_dict())
print(loss.item())
