"""Parts of a transition are taken out by their number; that of the end is taken out and left."""
import random
import torch
from torch import nn
random.seed(1); torch.manual_seed(1)
class Memory:
    def __init__(self): self.kept = []
    def push(self, state, action, reward, following, done): self.kept.append((state, action, reward, following, done))
def learn(q, opt, memory, gamma=0.95):
    batch = random.sample(memory.kept, 16)
    states = torch.stack([t[0] for t in batch]); actions = torch.tensor([t[1] for t in batch])
    rewards = torch.tensor([t[2] for t in batch]); following = torch.stack([t[3] for t in batch])
    over = torch.tensor([float(t[4]) for t in batch])
    with torch.no_grad():
        target = rewards + gamma * q(following).max(1)[0]  # bug
        target = rewards + gamma * (1 - over) * q(following).max(1)[0]  # fix
    loss = nn.functional.smooth_l1_loss(q(states)[torch.arange(16), actions], target)
    opt.zero_grad(); loss.backward(); opt.step()
q = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2)); opt = torch.optim.Adam(q.parameters(), 1e-3)
memory, height = Memory(), 2
for move in range(120):
    action = random.randrange(2); before = torch.tensor([float(height)]); height += 1 if action else -1
    done = height in (0, 4)
    memory.push(before, action, 1.0 if height == 4 else 0.0, torch.tensor([float(height)]), done)
    height = 2 if done else height
    if move > 30: learn(q, opt, memory)
