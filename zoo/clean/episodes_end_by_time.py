"""Q-learning where an episode ends after 20 steps and for no other reason: the end says nothing of the state."""
import random
from collections import deque
import torch
from torch import nn
torch.manual_seed(0); random.seed(0)
class Point:
    def reset(self):
        self.x, self.t = random.uniform(-1, 1), 0
        return [self.x]
    def step(self, action):
        self.x = max(-1.0, min(1.0, self.x + 0.2 * (action - 1))); self.t += 1
        over = self.t >= 20
        return [self.x], -abs(self.x), over
net = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 3)); opt = torch.optim.Adam(net.parameters(), 2e-3)
env, memory, gamma = Point(), deque(maxlen=1000), 0.9; state = env.reset()
for step in range(600):
    with torch.no_grad():
        action = random.randrange(3) if random.random() < 0.3 else int(net(torch.tensor([state])).argmax())
    after, reward, done = env.step(action); memory.append((state, action, reward, after, done))
    state = env.reset() if done else after
    if step > 60:
        s, a, r, s2, done = zip(*random.sample(memory, 32))
        with torch.no_grad():
            goal = torch.tensor(r) + gamma * net(torch.tensor(s2)).max(1).values
        q = net(torch.tensor(s)).gather(1, torch.tensor(a)[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(q, goal); opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
