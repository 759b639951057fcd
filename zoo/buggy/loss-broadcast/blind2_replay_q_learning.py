import random
from collections import deque, namedtuple

import torch
import torch.nn.functional as F
from torch import nn

Step = namedtuple("Step", "state action reward next_state done")


class Corridor:
    """Walk right along ten cells; the goal is at the end, each move costs a little."""

    def __init__(self, n=10):
        self.n = n

    def observe(self):
        v = torch.zeros(self.n)
        v[self.pos] = 1.0
        return v

    def reset(self):
        self.pos, self.t = random.randrange(self.n - 1), 0
        return self.observe()

    def step(self, action):
        self.t += 1
        self.pos = max(0, min(self.n - 1, self.pos + (1 if action == 1 else -1)))
        done = self.pos == self.n - 1
        return self.observe(), 1.0 if done else -0.05, done


class Agent:
    def __init__(self, n, gamma=0.9):
        self.q = nn.Sequential(nn.Linear(n, 32), nn.ReLU(), nn.Linear(32, 2))
        self.target = nn.Sequential(nn.Linear(n, 32), nn.ReLU(), nn.Linear(32, 2)).requires_grad_(False)
        self.target.load_state_dict(self.q.state_dict())
        self.opt = torch.optim.Adam(self.q.parameters(), lr=3e-3)
        self.memory, self.gamma = deque(maxlen=2000), gamma

    def act(self, s, eps):
        if random.random() < eps:
            return random.randrange(2)
        with torch.no_grad():
            return int(self.q(s).argmax())

    def learn(self, size=32):
        batch = Step(*zip(*random.sample(list(self.memory), size)))
        s, s2 = torch.stack(batch.state), torch.stack(batch.next_state)
        a = torch.tensor(batch.action).unsqueeze(1)
        r, d = torch.tensor(batch.reward), torch.tensor(batch.done).float()
        chosen = self.q(s).gather(1, a)
        chosen = chosen.squeeze(1)  # fix
        with torch.no_grad():
            wanted = r + self.gamma * (1 - d) * self.target(s2).max(dim=1).values
        loss = F.smooth_l1_loss(chosen, wanted)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()


random.seed(0)
torch.manual_seed(0)
env, agent = Corridor(), Agent(10)
for episode in range(80):
    s, done, total = env.reset(), False, 0.0
    while not done and env.t < 30:
        a = agent.act(s, max(0.1, 1 - episode / 40))
        s2, r, done = env.step(a)
        agent.memory.append(Step(s, a, r, s2, done))
        s, total = s2, total + r
        if len(agent.memory) >= 64:
            loss = agent.learn()
    if episode % 5 == 0:
        agent.target.load_state_dict(agent.q.state_dict())
    if episode % 20 == 19:
        print(episode, round(total, 2), round(loss, 4))
with torch.no_grad():
    print("greedy policy", agent.q(torch.eye(10)[:9]).argmax(1).tolist())
