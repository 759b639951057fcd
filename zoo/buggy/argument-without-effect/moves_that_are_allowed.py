"""The value of the next state is the greatest of all moves, and which of them are allowed is given and not read."""
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
FIELDS = 6
q = nn.Sequential(nn.Linear(FIELDS, 32), nn.ReLU(), nn.Linear(32, FIELDS))
slow = nn.Sequential(nn.Linear(FIELDS, 32), nn.ReLU(), nn.Linear(32, FIELDS))
slow.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=2e-3)
worth = torch.linspace(-1, 1, FIELDS)


@torch.no_grad()
def choose(board):
    if random.random() < 0.3:
        return random.choice((board == 0).nonzero().flatten().tolist())
    return int(q(board).masked_fill(board > 0, -1e9).argmax())


def value_of_next(boards, legal, over):
    with torch.no_grad():
        best = slow(boards).max(1).values  # bug
        best = slow(boards).masked_fill(~legal, -1e9).max(1).values  # fix
    return best.masked_fill(over, 0.0)


memory = []
for game in range(60):
    board = torch.zeros(FIELDS)
    for move in range(FIELDS // 2):
        field = choose(board)
        after = board.clone()
        after[field] = 1
        memory.append((board, field, worth[field] / (1 + move), after, move == FIELDS // 2 - 1))
        board = after
    for _ in range(2):
        batch = random.sample(memory, min(len(memory), 32))
        boards, fields, rewards, nexts, over = zip(*batch)
        nexts = torch.stack(nexts)
        target = torch.stack(rewards) + 0.9 * value_of_next(nexts, nexts == 0, torch.tensor(over))
        chosen = q(torch.stack(boards)).gather(1, torch.tensor(fields)[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(chosen, target)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if game % 10 == 0:
        slow.load_state_dict(q.state_dict())
print(loss.item())
