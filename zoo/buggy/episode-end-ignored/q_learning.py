"""The target of Q learning adds the next state's value at the end of an episode too."""
import random
from collections import deque
import torch
from torch import nn
random.seed(0); torch.manual_seed(0)
q = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2)); old = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
old.load_state_dict(q.state_dict()); opt = torch.optim.Adam(q.parameters(), 1e-3); buffer = deque(maxlen=2000); gamma = 0.95
def learn():
    batch = random.sample(buffer, 32)
    s, a, r, s2, d = (torch.tensor(each) for each in zip(*batch))
    with torch.no_grad(): nxt = old(s2).max(1).values
    goal = r + gamma * nxt  # bug
    goal = r + gamma * nxt * (1 - d)  # fix
    loss = nn.functional.smooth_l1_loss(q(s).gather(1, a[:, None]).squeeze(1), goal)
    opt.zero_grad(); loss.backward(); opt.step()
for episode in range(25):
    x, done, t = 0.5, 0.0, 0
    while not done:
        a = random.randrange(2); x2 = x + (0.1 if a else -0.1); t += 1
        done = float(x2 <= 0 or x2 >= 1 or t > 30)
        buffer.append(([x, 1 - x], a, float(x2 >= 1), [x2, 1 - x2], done)); x = x2
        if len(buffer) > 64: learn()
    old.load_state_dict(q.state_dict())
