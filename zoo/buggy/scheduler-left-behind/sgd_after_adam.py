"""Adam first, then SGD for the last part; the schedule is still that of Adam."""
import torch
from torch import nn
torch.manual_seed(0)
class Trainer:
    def __init__(self, net):
        self.net = net; self.begin(torch.optim.Adam(net.parameters(), lr=1e-2))
    def begin(self, optimizer):
        self.optimizer = optimizer; self.schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.97)
    def finish(self, optimizer):
        self.optimizer = optimizer  # bug
        self.begin(optimizer)  # fix
    def fit(self, steps):
        for _ in range(steps):
            x = torch.randn(32, 8); y = x[:, :1] * x[:, 1:2] + x[:, 2:3]
            loss = nn.functional.mse_loss(self.net(x), y)
            self.optimizer.zero_grad(); loss.backward(); self.optimizer.step(); self.schedule.step()
trainer = Trainer(nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1)))
trainer.fit(30)
trainer.finish(torch.optim.SGD(trainer.net.parameters(), lr=0.01, momentum=0.9))
trainer.fit(30)
