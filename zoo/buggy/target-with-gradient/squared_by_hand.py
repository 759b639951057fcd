"""The square is written by hand, and the target has a graph."""
import torch
from torch import nn
torch.manual_seed(0)
class QNet(nn.Module):
    def __init__(self, n_obs, n_act):
        super().__init__()
        self.fc1 = nn.Linear(n_obs, 32)
        self.fc2 = nn.Linear(32, n_act)
    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))
net = QNet(3, 4)
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
S = torch.randn(512, 3)
A = torch.randint(0, 4, (512,))
R = (S.sum(1) > 0).float()
S2 = S + 0.1 * torch.randn(512, 3)
D = (torch.rand(512) < 0.1).float()
for i in range(100):
    j = torch.randint(0, 512, (32,))
    q = net(S[j])[torch.arange(32), A[j]]
    target = R[j] + 0.99 * (1 - D[j]) * net(S2[j]).max(dim=1)[0]  # bug
    target = R[j] + 0.99 * (1 - D[j]) * net(S2[j]).max(dim=1)[0].detach()  # fix
    loss = ((q - target) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
