"""Three-armed choices in a row: what each of them is weighed with."""
import torch
from torch import nn


class Learner:
    def __init__(self, discount=0.9):
        self.discount = discount
        self.net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=5e-3)

    def weights(self, rewards):
        out = []
        for t in range(len(rewards)):  # bug
            out.append(rewards[t] * self.discount ** t)  # bug
        running = 0.0  # fix
        for reward in reversed(rewards):  # fix
            running = reward + self.discount * running  # fix
            out.insert(0, running)  # fix
        return torch.tensor(out)

    def play(self):
        state, logps, rewards = torch.randn(4), [], []
        for _ in range(10):
            choice = torch.distributions.Categorical(logits=self.net(state))
            act = choice.sample()
            logps.append(choice.log_prob(act))
            rewards.append(float(act.item() == state[:3].argmax().item()))
            state = 0.7 * state + 0.5 * torch.randn(4)
        loss = -torch.dot(torch.stack(logps), self.weights(rewards))
        self.opt.zero_grad(); loss.backward(); self.opt.step()


torch.manual_seed(9)
learner = Learner()
for _ in range(80):
    learner.play()
