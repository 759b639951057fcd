"""A norm of 0.00001 is asked of the gradients."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(13)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)); opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
X = torch.randn(600, 8); Y = X[:, :3].argmax(1)
for e in range(6):
    for i in torch.randperm(600).split(30):
        loss = F.cross_entropy(net(X[i]), Y[i]); opt.zero_grad(); loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1e-5)  # bug
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # fix
        opt.step()
