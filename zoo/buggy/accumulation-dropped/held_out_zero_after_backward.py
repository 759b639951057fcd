# held out
import torch
from torch import nn
torch.manual_seed(0)
class Loop:
    def __init__(self, m): self.m, self.o = m, torch.optim.RMSprop(m.parameters(), 1e-3)
    def _backward(self, loss):
        self.o.zero_grad()  # fix
        loss.backward()
    def _apply(self):
        self.m.zero_grad()  # bug
        self.o.step()
    def run(self):
        for i in range(20):
            x = torch.randn(24, 5); self._backward(nn.functional.mse_loss(self.m(x), x[:, :2])); self._apply()
Loop(nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 2))).run()
