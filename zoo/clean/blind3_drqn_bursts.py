"""Correct: drqn bursts."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(60)

class DRQN(nn.Module):

    def __init__(self):
        super().__init__()
        self.rnn, self.q = (nn.GRU(4, 16, batch_first=True), nn.Linear(16, 2))

    def forward(self, obs, h=None):
        out, h = self.rnn(obs, h)
        return (self.q(out), h)
net, target = (DRQN(), DRQN())
target.load_state_dict(net.state_dict())
opt = torch.optim.Adam(net.parameters(), lr=0.001)
O = torch.randn(100, 12, 4)
A = torch.randint(0, 2, (100, 12))
R = torch.randn(100, 12)
for it in range(60):
    i = torch.randint(100, (16,))
    with torch.no_grad():
        _, h = net(O[i, :4])
        nxt, _ = target(O[i, 4:], h)
    q, _ = net(O[i, 4:], h)
    q = q.gather(2, A[i, 4:, None]).squeeze(2)
    y = R[i, 4:-1] + 0.9 * nxt.max(2).values[:, 1:]
    loss = F.mse_loss(q[:, :-1], y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 10 == 0:
        target.load_state_dict(net.state_dict())
