import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
x = torch.randn(800, 8); y = (x[:, 0] + x[:, 1] > 0).long() + (x[:, 2] > 1).long()
net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(5):
    for i in torch.randperm(700).split(70):
        lab, unl = i[:20], i[20:]
        nll = -Categorical(logits=net(x[lab])).log_prob(y[lab]).mean()
        ent = Categorical(logits=net(x[unl])).entropy().mean()
        loss = nll + 0.05 * ent
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print((net(x[700:]).argmax(1) == y[700:]).float().mean().item())
