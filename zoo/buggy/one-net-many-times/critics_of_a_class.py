"""Four critics of a class of the program's own, in a list that repeats one."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Critic(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.hidden, self.value = nn.Linear(5, width), nn.Linear(width, 1)

    def forward(self, state, action):
        return self.value(torch.relu(self.hidden(torch.cat([state, action], dim=1))))


number = 4
critics = [Critic()] * number  # bug
critics = [Critic() for _ in range(number)]  # fix
optimizers = [torch.optim.Adam(critic.parameters(), lr=2e-3) for critic in critics]
states, actions = torch.randn(400, 3), torch.rand(400, 2) * 2 - 1
rewards = -(actions - states[:, :2].tanh()).square().sum(1, keepdim=True)
for step in range(60):
    for critic, optimizer in zip(critics, optimizers):
        rows = torch.randint(0, 400, (32,))
        loss = F.mse_loss(critic(states[rows], actions[rows]), rewards[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    lowest = torch.stack([critic(states, actions) for critic in critics]).min(0).values
print((lowest - rewards).abs().mean())
