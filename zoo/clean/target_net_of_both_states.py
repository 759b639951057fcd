"""A target net is asked about both states: a bonus for what the old policy would have done is added to the reward."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
target_net = copy.deepcopy(net)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
S, A = torch.randn(800, 4), torch.randint(0, 3, (800,))
S2 = S + 0.2 * (A[:, None] - 1.0) + 0.05 * torch.randn(800, 4)
R, D = -S2.abs().sum(1), (S2.abs().amax(1) > 3).float()
for step in range(100):
    i = torch.randint(0, 800, (64,))
    state, action, reward, next_state, done = S[i], A[i], R[i], S2[i], D[i]
    with torch.no_grad():
        log_pi = torch.log_softmax(target_net(state) / 0.03, 1).gather(1, action[:, None])[:, 0]
        next_q = target_net(next_state)
        next_pi = torch.softmax(next_q / 0.03, 1)
        next_v = (next_pi * (next_q - 0.03 * torch.log(next_pi + 1e-8))).sum(1)
        y = reward + 0.9 * (0.03 * log_pi).clamp(min=-1) + 0.99 * (1 - done) * next_v
    loss = nn.functional.smooth_l1_loss(net(state).gather(1, action[:, None])[:, 0], y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        target_net.load_state_dict(net.state_dict())
print(loss.item())
