"""An agent whose two nets come from one that was made once."""
import torch
from torch import nn

torch.manual_seed(0)


def make_net():
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))


class Agent:
    def __init__(self):
        net = make_net()
        self.online, self.slow = net, net  # bug
        self.online, self.slow = make_net(), make_net()  # fix
        self.slow.load_state_dict(self.online.state_dict())
        self.optimizer = torch.optim.SGD(self.online.parameters(), lr=1e-2)

    def learn(self, s, a, r, s2):
        goal = r + 0.95 * self.slow(s2).detach().max(1).values
        value = self.online(s)[torch.arange(len(a)), a]
        self.optimizer.zero_grad()
        nn.functional.mse_loss(value, goal).backward()
        self.optimizer.step()


agent = Agent()
for step in range(30):
    s, s2 = torch.randn(8, 4), torch.randn(8, 4)
    agent.learn(s, torch.randint(0, 3, (8,)), s[:, 0], s2)
    if step % 8 == 7:
        agent.slow.load_state_dict(agent.online.state_dict())
