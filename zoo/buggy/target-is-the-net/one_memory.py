"""The target's tensors are given the data of the net's, which is the same memory."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1)); target_critic = copy.deepcopy(critic)
optimizer = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
for step in range(40):
    now, then, reward = torch.randn(32, 5), torch.randn(32, 5), torch.rand(32, 1)
    with torch.no_grad():
        aim = reward + 0.95 * target_critic(then)
    loss = nn.functional.smooth_l1_loss(critic(now), aim)
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    if step % 8 == 7:
        for slow, fast in zip(target_critic.parameters(), critic.parameters()):
            slow.data = fast.data  # bug
            slow.data = fast.data.clone()  # fix
