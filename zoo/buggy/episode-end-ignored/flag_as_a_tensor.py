"""Q-learning on a line; the flag is made a tensor, and that is all."""
import random

import torch
from torch import nn

random.seed(2)
torch.manual_seed(2)
SIZE, discount = 6, 0.95
net = nn.Linear(SIZE, 2)
slow = nn.Linear(SIZE, 2)
slow.load_state_dict(net.state_dict())
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
replay = []


def improve():
    state, move, gain, after, terminal = map(list, zip(*random.sample(replay, 16)))
    stopped = torch.as_tensor(terminal)
    move, gain = torch.tensor(move), torch.tensor(gain)
    with torch.no_grad():
        value = slow(torch.eye(SIZE)[after]).max(1).values
        value = value * (1 - stopped)  # fix
        wanted = gain + discount * value
    chosen = net(torch.eye(SIZE)[state]).gather(1, move[:, None])[:, 0]
    loss = nn.functional.mse_loss(chosen, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


for episode in range(60):
    place, terminal = 2, 0.0
    while not terminal:
        move = random.randrange(2)
        after = place + (1 if move else -1)
        terminal = float(after in (0, SIZE - 1))
        replay.append((place, move, float(after == SIZE - 1), after, terminal))
        place = after
    if len(replay) >= 16:
        print(improve())
    if episode % 10 == 9:
        slow.load_state_dict(net.state_dict())
