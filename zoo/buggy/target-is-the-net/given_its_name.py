"""Every few steps the target net is to become a copy of the net, and becomes the net."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
class Agent:
    def __init__(self):
        self.value = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3)); self.slow_value = copy.deepcopy(self.value)
        self.optimizer = torch.optim.Adam(self.value.parameters(), 1e-3)
    def learn(self, state, action, reward, later):
        chosen = self.value(state).gather(1, action[:, None])[:, 0]
        with torch.no_grad(): aim = reward + 0.9 * self.slow_value(later).max(1).values
        loss = nn.functional.mse_loss(chosen, aim); self.optimizer.zero_grad(); loss.backward(); self.optimizer.step()
    def refresh(self):
        self.slow_value = self.value  # bug
        self.slow_value.load_state_dict(self.value.state_dict())  # fix
agent = Agent()
for step in range(40):
    agent.learn(torch.randn(32, 6), torch.randint(0, 3, (32,)), torch.rand(32), torch.randn(32, 6))
    if step % 10 == 9: agent.refresh()
