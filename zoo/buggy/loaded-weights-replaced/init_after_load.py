"""A net is initialised after its pretrained weights were loaded."""
import io
import torch
from torch import nn
torch.manual_seed(0)
def init(m):
    if isinstance(m, nn.Linear): nn.init.xavier_uniform_(m.weight); nn.init.zeros_(m.bias)
def make(): return nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
x = torch.randn(400, 10); y = x[:, :3].pow(2).sum(1, keepdim=True)
body, head = make(), nn.Linear(64, 10)
opt = torch.optim.Adam([*body.parameters(), *head.parameters()], 1e-3)
for i in torch.randperm(400).split(50):
    loss = (head(body(x[i])) - x[i].sin()).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
file = io.BytesIO(); torch.save(body.state_dict(), file); file.seek(0)
net = nn.Sequential(make(), nn.Linear(64, 1))
net.apply(init)  # fix
net[0].load_state_dict(torch.load(file))
net.apply(init)  # bug
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for i in torch.randperm(400).split(50):
        loss = (net(x[i]) - y[i]).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
