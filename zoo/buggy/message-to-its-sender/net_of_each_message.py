"""How far heat has spread on a grid: each cell hears a message, made by a small net, from each of its neighbours."""
import torch
from torch import nn

torch.manual_seed(7)
SIDE = 8
cells = torch.arange(SIDE * SIDE).view(SIDE, SIDE)
right = torch.stack([cells[:, :-1].flatten(), cells[:, 1:].flatten()], 1)
down = torch.stack([cells[:-1].flatten(), cells[1:].flatten()], 1)
links = torch.cat([right, down, right.flip(1), down.flip(1)])
sender, receiver = links[:, 0].clone(), links[:, 1].clone()


class Spread(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(1, 16)
        self.message = nn.Sequential(nn.Linear(16, 16), nn.ReLU())
        self.update = nn.Linear(32, 16)
        self.leave = nn.Linear(16, 1)

    def forward(self, heat, sender, receiver):
        h = torch.tanh(self.enter(heat))
        for _ in range(2):
            messages = self.message(h.index_select(0, sender))
            heard = torch.zeros_like(h).index_put_((sender,), messages, accumulate=True)  # bug
            heard = torch.zeros_like(h).index_put_((receiver,), messages, accumulate=True)  # fix
            h = h + torch.tanh(self.update(torch.cat([h, heard], 1)))
        return self.leave(h)


net = Spread()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(80):
    before = torch.randn(SIDE * SIDE, 1)
    after = before + 0.2 * torch.zeros_like(before).index_add(0, receiver, before[sender] - before[receiver])
    loss = nn.functional.mse_loss(net(before, sender, receiver), after)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 19:
        print(step, loss.item())
