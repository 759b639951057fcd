"""DQN in a class: the target net is loaded every ten steps, and never called."""
import torch
from torch import nn

torch.manual_seed(0)


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, x):
        return self.layers(x)


class Agent:
    def __init__(self):
        self.policy_net, self.target_net = QNet(), QNet()
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.target_net.eval()
        self.optimizer = torch.optim.Adam(self.policy_net.parameters(), lr=1e-3)
        self.gamma, self.steps = 0.9, 0

    def optimize(self, state, action, reward, next_state, done):
        q = self.policy_net(state).gather(1, action)
        with torch.no_grad():
            best = self.policy_net(next_state).max(1, keepdim=True).values  # bug
            best = self.target_net(next_state).max(1, keepdim=True).values  # fix
        loss = nn.functional.smooth_l1_loss(q, reward + self.gamma * (1 - done) * best)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.steps += 1
        if self.steps % 10 == 0:
            self.target_net.load_state_dict(self.policy_net.state_dict())


agent = Agent()
s, a = torch.randn(500, 4), torch.randint(0, 3, (500, 1))
s2 = s + 0.3 * (a - 1) + 0.05 * torch.randn(500, 4)
r, d = -s2.abs().sum(1, keepdim=True), (s2.abs().amax(1, keepdim=True) > 2.5).float()
for step in range(80):
    i = torch.randint(0, 500, (32,))
    agent.optimize(s[i], a[i], r[i], s2[i], d[i])
