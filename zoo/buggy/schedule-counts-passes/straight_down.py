"""A trainer counts its calls; eight of them are one step, and the rate falls with their number."""
import torch
from torch import nn
torch.manual_seed(0)
class Trainer:
    def __init__(self, model, total_steps, grad_accum=8, base_lr=0.05):
        self.model, self.total, self.accum, self.base = model, total_steps, grad_accum, base_lr
        self.opt = torch.optim.SGD(model.parameters(), lr=base_lr, momentum=0.9)
        self.iteration = 0
    def lr(self):
        return self.base * max(0.0, 1 - self.iteration / self.total)  # bug
        return self.base * max(0.0, 1 - self.iteration / self.accum / self.total)  # fix
    def micro_step(self, x, y):
        loss = nn.functional.mse_loss(self.model(x), y) / self.accum
        loss.backward()
        self.iteration += 1
        if self.iteration % self.accum == 0:
            for g in self.opt.param_groups:
                g["lr"] = self.lr()
            self.opt.step()
            self.opt.zero_grad(set_to_none=True)
        return loss.item() * self.accum
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
trainer = Trainer(model, total_steps=60)
for k in range(480):
    x = torch.randn(16, 6)
    l = trainer.micro_step(x, x[:, :1] * x[:, 1:2])
print(l)
