"""Correct: gcn semi supervised ignore."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(19)
n = 120
X = torch.randn(n, 6)
Y = (X[:, 0] > 0).long()
A = ((torch.rand(n, n) < 0.05) | torch.eye(n).bool()).float()
A = A / A.sum(1, keepdim=True)
lab = Y.clone()
test = torch.zeros(n, dtype=torch.bool)
test[60:] = True
lab[test] = -100

class G(nn.Module):

    def __init__(self):
        super().__init__()
        self.a, self.b = (nn.Linear(6, 16), nn.Linear(16, 2))

    def forward(self, x, A):
        return self.b(A @ F.relu(self.a(A @ x)))
net = G()
opt = torch.optim.Adam(net.parameters(), 0.01)
for e in range(50):
    net.train()
    loss = F.cross_entropy(net(X, A), lab)
    opt.zero_grad()
    loss.backward()
    opt.step()
    net.eval()
    with torch.no_grad():
        print((net(X, A)[test].argmax(1) == Y[test]).float().mean().item())
