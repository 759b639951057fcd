"""A hinge of distances that pulls the negative and pushes the positive."""
import torch
from sklearn.datasets import load_wine
from torch import nn
torch.manual_seed(0)
x, y = (torch.as_tensor(part) for part in load_wine(return_X_y=True))
x = ((x - x.mean(0)) / x.std(0)).float()
rows = [torch.where(y == kind)[0] for kind in range(3)]
net, distance = nn.Linear(13, 8), nn.PairwiseDistance()
opt = torch.optim.Adam(net.parameters(), 1e-3)
def pick(kinds):
    return x[torch.stack([rows[k][torch.randint(0, len(rows[k]), (1,))[0]] for k in kinds.tolist()])]
for step in range(80):
    anchor = torch.randint(0, len(x), (64,))
    z, zp, zn = net(x[anchor]), net(pick(y[anchor])), net(pick((y[anchor] + torch.randint(1, 3, (64,))) % 3))
    loss = nn.functional.relu(distance(z, zn) - distance(z, zp) + 1.0).mean()  # bug
    loss = nn.functional.relu(distance(z, zp) - distance(z, zn) + 1.0).mean()  # fix
    opt.zero_grad(); loss.backward(); opt.step()
