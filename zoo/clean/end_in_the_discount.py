"""Q-learning whose flags are turned into factors of the discount, in the same line as the other parts."""
import random
import torch
from torch import nn
random.seed(0); torch.manual_seed(0)
q = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(q.parameters(), 1e-3); replay = []; gamma = 0.9
place = 3
for move in range(160):
    action = random.randrange(2); state = torch.tensor([place / 6, 1.0]); place += 2 * action - 1
    done = place in (0, 6); reward = float(place == 6)
    replay.append((state, action, reward, torch.tensor([place / 6, 1.0]), done))
    if done: place = 3
    if len(replay) < 32: continue
    s, a, r, s2, d = zip(*random.sample(replay, 32))
    s, s2 = torch.stack(s), torch.stack(s2)
    a, r, d = torch.tensor(a), torch.tensor(r), torch.tensor(d).float()
    discount, r = gamma * (1 - d), r.clamp(-1, 1)
    with torch.no_grad(): target = r + discount * q(s2).max(1).values
    loss = nn.functional.mse_loss(q(s).gather(1, a[:, None])[:, 0], target); opt.zero_grad(); loss.backward(); opt.step()
