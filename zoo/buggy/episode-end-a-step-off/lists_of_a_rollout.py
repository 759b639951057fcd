"""An actor-critic on short games: the sum reads done of the step after, and the list holds the done of each step itself."""
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Game:
    """Lasts two to five moves; the last move pays 2 where it is 1, the others 0.2 where they are 0."""

    def reset(self):
        self.left = random.randint(2, 5)
        return torch.eye(6)[self.left]

    def step(self, move):
        reward = (2.0 if move == 1 else -1.0) if self.left == 1 else 0.2 - 0.4 * move
        self.left -= 1
        return torch.eye(6)[self.left], reward, self.left == 0, {}


policy, value = nn.Linear(6, 2), nn.Linear(6, 1)
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=2e-2)
game, gamma, steps = Game(), 0.9, 64
state, over = game.reset(), True
for update in range(15):
    states, moves, rewards, dones = [], [], [], []
    for t in range(steps):
        move = torch.distributions.Categorical(logits=policy(state)).sample()
        before, over_before = state, over
        state, reward, over, _ = game.step(move.item())
        states.append(before), moves.append(move), rewards.append(reward)
        dones.append(over)  # bug
        dones.append(over_before)  # fix
        if over:
            state = game.reset()
    states, moves = torch.stack(states), torch.stack(moves)
    values = torch.cat([value(states).squeeze(1), value(state)]).detach()
    advantages, carried = torch.zeros(steps), 0.0
    for t in reversed(range(steps)):
        goes_on = 1.0 - (over if t == steps - 1 else dones[t + 1])
        delta = rewards[t] + gamma * goes_on * values[t + 1] - values[t]
        carried = delta + 0.95 * gamma * goes_on * carried
        advantages[t] = carried
    log_p = torch.distributions.Categorical(logits=policy(states)).log_prob(moves)
    fit = (value(states).squeeze(1) - advantages - values[:-1]).pow(2).mean()
    opt.zero_grad()
    (fit - (log_p * advantages).mean()).backward()
    opt.step()
    print(update, sum(rewards) / steps)
