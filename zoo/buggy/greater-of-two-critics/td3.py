"""TD3 with the greater of its two critics."""
import copy
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
def mlp(i, o): return nn.Sequential(nn.Linear(i, 32), nn.ReLU(), nn.Linear(32, o))
actor, critic_1, critic_2 = nn.Sequential(mlp(3, 1), nn.Tanh()), mlp(4, 1), mlp(4, 1)
actor_target, critic_1_target, critic_2_target = (copy.deepcopy(net) for net in (actor, critic_1, critic_2))
ao, co = torch.optim.Adam(actor.parameters(), 1e-3), torch.optim.Adam([*critic_1.parameters(), *critic_2.parameters()], 1e-3); gamma = 0.95
S = torch.randn(400, 3); A = torch.rand(400, 1) * 2 - 1; R = -(A - S[:, :1].tanh()) ** 2; S2 = 0.9 * S + 0.1 * torch.randn(400, 3)
for step in range(60):
    i = torch.randint(0, 400, (32,)); reward = R[i]
    with torch.no_grad():
        noise = (0.2 * torch.randn(32, 1)).clamp(-0.5, 0.5); sa2 = torch.cat([S2[i], (actor_target(S2[i]) + noise).clamp(-1, 1)], 1)
        target_q1, target_q2 = critic_1_target(sa2), critic_2_target(sa2)
        target_q = torch.max(target_q1, target_q2)  # bug
        target_q = torch.min(target_q1, target_q2)  # fix
        target_q = reward + gamma * target_q
    sa = torch.cat([S[i], A[i]], 1); loss = F.mse_loss(critic_1(sa), target_q) + F.mse_loss(critic_2(sa), target_q)
    co.zero_grad(); loss.backward(); co.step()
    if step % 2 == 0:
        ao.zero_grad(); (-critic_1(torch.cat([S[i], actor(S[i])], 1)).mean()).backward(); ao.step()
        with torch.no_grad():
            for net, slow in ((actor, actor_target), (critic_1, critic_1_target), (critic_2, critic_2_target)):
                for p, q in zip(slow.parameters(), net.parameters()): p.lerp_(q, 0.02)
