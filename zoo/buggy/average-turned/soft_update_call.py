"""Twin critics: the function takes the net that learns first, and is given the target first."""
import copy, torch
from torch import nn
torch.manual_seed(0)
def polyak(local_model, target_model, tau=0.005):
    for target_param, local_param in zip(target_model.parameters(), local_model.parameters()):
        target_param.data.copy_(tau * local_param.data + (1.0 - tau) * target_param.data)
critic = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
critic_target = copy.deepcopy(critic)
opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
states, rewards = torch.randn(800, 5), torch.randn(800, 1)
following = 0.9 * states + 0.1 * torch.randn(800, 5)
for step in range(80):
    i = torch.randint(0, 800, (64,))
    with torch.no_grad():
        wanted = rewards[i] + 0.9 * critic_target(following[i])
    loss = nn.functional.smooth_l1_loss(critic(states[i]), wanted)
    opt.zero_grad(); loss.backward(); opt.step()
    polyak(critic_target, critic)  # bug
    polyak(critic, critic_target)  # fix
