"""Training in two parts, with an average of the weights."""
import copy
import os
import tempfile
import torch
from torch import nn
class EMA:
    def __init__(self, model, decay=0.99): self.m = copy.deepcopy(model).eval().requires_grad_(False); self.decay, self.n = decay, 0
    def update(self, model):
        self.n += 1
        with torch.no_grad():
            for e, p in zip(self.m.parameters(), model.parameters()): e.lerp_(p, 1 - self.decay)
class Trainer:
    def __init__(self, path):
        self.path = path; self.model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); self.opt = torch.optim.AdamW(self.model.parameters(), lr=2e-3); self.ema = EMA(self.model); self.epoch = 0
    def save(self):
        torch.save({"model": self.model.state_dict(), "opt": self.opt.state_dict(), "epoch": self.epoch, "ema": self.ema.m.state_dict()}, self.path)
    def resume(self):
        s = torch.load(self.path); self.model.load_state_dict(s["model"]); self.opt.load_state_dict(s["opt"]); self.epoch = s["epoch"]
        self.ema = EMA(self.model)  # bug
        self.ema.m.load_state_dict(s["ema"])  # fix
    def fit(self, x, y, until):
        while self.epoch < until:
            for i in torch.randperm(len(x)).split(40):
                loss = nn.functional.mse_loss(self.model(x[i]), y[i]); self.opt.zero_grad(); loss.backward(); self.opt.step(); self.ema.update(self.model)
            self.epoch += 1; self.save()
        with torch.no_grad(): return nn.functional.mse_loss(self.ema.m(x), y).item()
torch.manual_seed(70); x = torch.randn(800, 6); y = x[:, :1] * x[:, 1:2] + 0.1 * torch.randn(800, 1)
path = os.path.join(tempfile.mkdtemp(), "last.pt")
print(Trainer(path).fit(x, y, 3))
again = Trainer(path); again.resume(); print(again.fit(x, y, 6)); os.remove(path)
