import random
import torch
from torch import nn
random.seed(0); torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
t = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2)); t.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), 1e-3)
memory = []
s = torch.randn(4)
for step in range(150):
    with torch.no_grad():
        a = int(q(s.unsqueeze(0)).argmax(1)) if random.random() > 0.2 else random.randrange(2)
    s2 = s * 0.9 + torch.randn(4) * 0.1; r = float(s2[0] > 0) if a else float(s2[0] < 0)
    memory.append((s, a, r, s2)); s = s2
    if len(memory) < 40:
        continue
    b = random.sample(memory, 32)
    S = torch.stack([m[0] for m in b]); A = torch.tensor([m[1] for m in b]); R = torch.tensor([m[2] for m in b]); S2 = torch.stack([m[3] for m in b])
    qa = q(S).gather(1, A.unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        tgt = R + 0.99 * t(S2).max(1)[0]
    loss = nn.functional.smooth_l1_loss(qa, tgt)
    opt.zero_grad(); loss.backward()
    nn.utils.clip_grad_value_(q.parameters(), 100)
    opt.step()
    if step % 20 == 0:
        t.load_state_dict(q.state_dict())
