"""The end of an episode is taken out of the memory by its name in a line of its own, and the target goes on beyond it."""
import random
from collections import namedtuple
import torch
from torch import nn
torch.manual_seed(0); random.seed(0)
Move = namedtuple("Move", "state action reward following done")
q = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(q.parameters(), 1e-3); gamma = 0.9
memory = [Move(torch.randn(3), random.randrange(2), random.random(), torch.randn(3), random.random() < 0.2) for _ in range(400)]
def learn():
    moves = Move(*zip(*random.sample(memory, 32)))
    s, following = torch.stack(moves.state), torch.stack(moves.following)
    a, r = torch.tensor(moves.action), torch.tensor(moves.reward)
    ended = torch.tensor(moves.done).float()  # fix
    done = torch.tensor(moves.done).float()  # bug
    with torch.no_grad(): value = q(following).max(1).values
    wanted = r + gamma * value  # bug
    wanted = r + gamma * value * (1 - ended)  # fix
    loss = nn.functional.smooth_l1_loss(q(s).gather(1, a[:, None]).squeeze(1), wanted)
    opt.zero_grad(); loss.backward(); opt.step()
for step in range(60): learn()
