"""Q-learning from a memory that keeps each state once."""
import numpy as np
import torch
from torch import nn
class ReplayBuffer:
    def __init__(self, size):
        self.obs = np.zeros((size, 3), np.float32); self.act = np.zeros(size, np.int64); self.rew = np.zeros(size, np.float32); self.done = np.zeros(size, np.float32); self.n = 0; self.size = size
    def add(self, o, a, r, d):
        i = self.n % self.size; self.obs[i], self.act[i], self.rew[i], self.done[i] = o, a, r, d; self.n += 1
    def sample(self, k):
        idx = np.random.randint(0, min(self.n, self.size) - 1, k)
        batch = {"obs": self.obs[idx], "rew": self.rew[idx]}
        after = idx  # bug
        after = idx.copy()  # fix
        after += 1 - self.done[idx].astype(int)
        batch["obs_next"] = self.obs[after]
        batch["act"], batch["done"] = self.act[idx], self.done[idx]
        return {k: torch.as_tensor(v) for k, v in batch.items()}
np.random.seed(26); torch.manual_seed(26)
q = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2)); qt = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2)); qt.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=1e-3); buf = ReplayBuffer(2000)
o = np.random.randn(3).astype(np.float32)
for step in range(400):
    with torch.no_grad(): a = int(q(torch.from_numpy(o)).argmax()) if np.random.rand() > 0.3 else np.random.randint(2)
    r = float((o[0] > 0) == a); d = np.random.rand() < 0.08
    buf.add(o, a, r, d)
    o = np.random.randn(3).astype(np.float32) if d else (0.8 * o + 0.4 * np.random.randn(3)).astype(np.float32)
    if step >= 100 and step % 3 == 0:
        b = buf.sample(32)
        with torch.no_grad(): y = b["rew"] + 0.95 * (1 - b["done"]) * qt(b["obs_next"]).max(1).values
        pred = q(b["obs"]).gather(1, b["act"][:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(pred, y)
        opt.zero_grad(); loss.backward(); opt.step()
        if step % 30 == 0: qt.load_state_dict(q.state_dict())
print(loss.item())
