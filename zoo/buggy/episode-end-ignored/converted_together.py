"""What is drawn from the memory is turned into tensors several at a time; the flag of the end is one of them, and that is all."""
import random
import torch
from torch import nn
random.seed(0); torch.manual_seed(0)
q = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2)); frozen = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
frozen.load_state_dict(q.state_dict()); opt = torch.optim.Adam(q.parameters(), 1e-3); replay = []; gamma = 0.9
place = 3
for move in range(200):
    action = random.randrange(2); state = torch.tensor([place / 6, 1.0]); place += 2 * action - 1
    done = place in (0, 6); reward = float(place == 6)
    replay.append((state, action, reward, torch.tensor([place / 6, 1.0]), done))
    if done: place = 3
    if len(replay) < 32: continue
    obs, act, rew, nxt, end = zip(*random.sample(replay, 32))
    obs, nxt = torch.stack(obs), torch.stack(nxt)
    act, rew, end = torch.tensor(act), torch.tensor(rew), torch.tensor(end, dtype=torch.float32)
    value = q(obs).gather(1, act[:, None])[:, 0]
    with torch.no_grad(): target = rew + gamma * frozen(nxt).max(1).values  # bug
    with torch.no_grad(): target = rew + gamma * (1 - end) * frozen(nxt).max(1).values  # fix
    loss = nn.functional.mse_loss(value, target); opt.zero_grad(); loss.backward(); opt.step()
    if move % 20 == 0: frozen.load_state_dict(q.state_dict())
