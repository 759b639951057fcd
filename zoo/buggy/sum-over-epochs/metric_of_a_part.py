"""Each part has a metric that lives as long as the program; that of the validation part is never reset."""
import torch
from torch import nn
torch.manual_seed(0)
class Hits:
    def __init__(self): self.reset()
    def reset(self): self.right, self.rows = 0, 0
    def update(self, scores, y): self.right += (scores.argmax(1) == y).sum().item(); self.rows += len(y)
    def compute(self): return self.right / self.rows
class Run:
    def __init__(self):
        self.net = nn.Linear(6, 3); self.optimizer = torch.optim.Adam(self.net.parameters(), 3e-3)
        self.hits = dict(train=Hits(), valid=Hits())
    def train(self, parts):
        hits = self.hits["train"]; hits.reset()
        for x, y in parts:
            scores = self.net(x); loss = nn.functional.cross_entropy(scores, y)
            self.optimizer.zero_grad(); loss.backward(); self.optimizer.step(); hits.update(scores.detach(), y)
        return hits.compute()
    @torch.no_grad()
    def validate(self, parts):
        hits = self.hits["valid"]
        hits.reset()  # fix
        for x, y in parts: hits.update(self.net(x), y)
        return hits.compute()
def parts(count):
    x = torch.randn(count, 24, 6); return list(zip(x, x[:, :, :3].argmax(2)))
run, train, valid = Run(), parts(6), parts(2)
for epoch in range(5): print(epoch, run.train(train), run.validate(valid))
