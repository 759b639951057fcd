import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(3)
SIDE, GOAL = 4, 15
MOVES = torch.tensor([[-1, 0], [1, 0], [0, -1], [0, 1]])


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(SIDE * SIDE, 32), nn.Tanh())
        self.pi, self.v = nn.Linear(32, 4), nn.Linear(32, 1)

    def forward(self, s):
        h = self.f(s)
        return torch.softmax(self.pi(h), dim=-1), self.v(h)


def encode(pos):
    return nn.functional.one_hot(pos[0] * SIDE + pos[1], SIDE * SIDE).float()


def play(policy, limit=30):
    pos = torch.tensor([0, 0])
    log_p, values, rewards = [], [], []
    for _ in range(limit):
        probs, value = policy(encode(pos))
        dist = Categorical(probs)
        action = dist.sample()
        pos = (pos + MOVES[action]).clamp(0, SIDE - 1)
        done = int(pos[0] * SIDE + pos[1]) == GOAL
        log_p.append(dist.log_prob(action))
        values.append(value)
        rewards.append(1.0 if done else -0.02)
        if done:
            break
    return torch.stack(log_p), torch.cat(values), rewards


policy = Policy()
opt = torch.optim.Adam(policy.parameters(), lr=5e-3)
lengths = []
for episode in range(160):
    log_p, values, rewards = play(policy)
    returns, g = [], 0.0
    for r in reversed(rewards):
        g = r + 0.97 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    advantage = returns - values.detach()
    loss = -(log_p * advantage).sum() + 0.5 * (values - returns).pow(2).sum()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(policy.parameters(), 2.0)
    opt.step()
    lengths.append(len(rewards))
    if episode % 40 == 39:
        print(episode + 1, "mean length", sum(lengths[-40:]) / 40)
