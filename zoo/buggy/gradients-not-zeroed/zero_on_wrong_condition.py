"""zero_grad under a condition that belongs to logging."""
import torch
from torch import nn, optim
torch.manual_seed(0)
class Reg(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.ELU(), nn.Linear(24, 1))
    def forward(self, x):
        return self.net(x).squeeze(-1)
def main():
    model = Reg()
    optimizer = optim.RMSprop(model.parameters(), lr=1e-3)
    data = torch.randn(600, 6)
    target = data.sum(1)
    for it in range(60):
        rows = torch.randperm(600)[:50]
        if it % 20 == 0:
            print("iter", it)
            optimizer.zero_grad()  # bug
        optimizer.zero_grad()  # fix
        loss = nn.functional.smooth_l1_loss(model(data[rows]), target[rows])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
main()
