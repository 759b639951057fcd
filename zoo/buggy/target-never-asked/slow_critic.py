"""The slow critic follows, and the targets are those of the fast one."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh()); critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
critic_target = copy.deepcopy(critic); ao, co = torch.optim.Adam(actor.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3)
def soft_update(slow, fast, tau=0.01):
    with torch.no_grad():
        for p, q in zip(slow.parameters(), fast.parameters()): p.lerp_(q, tau)
S = torch.randn(400, 3); A = torch.rand(400, 1) * 2 - 1; R = -(A - S[:, :1].tanh()) ** 2; S2 = 0.9 * S + 0.1 * torch.randn(400, 3)
for step in range(60):
    i = torch.randint(0, 400, (32,))
    with torch.no_grad():
        y = R[i] + 0.95 * critic(torch.cat([S2[i], actor(S2[i])], 1))  # bug
        y = R[i] + 0.95 * critic_target(torch.cat([S2[i], actor(S2[i])], 1))  # fix
    co.zero_grad(); nn.functional.mse_loss(critic(torch.cat([S[i], A[i]], 1)), y).backward(); co.step()
    ao.zero_grad(); (-critic(torch.cat([S[i], actor(S[i])], 1)).mean()).backward(); ao.step()
    soft_update(critic_target, critic)
