"""A code goes to a classifier and to a decoder, each with a loss and a backward of its own, on other rows."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.encoder = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 12))
        self.decoder, self.head = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 20)), nn.Linear(12, 4)
    def forward(self, x):
        code = self.encoder(x); return self.head(code), self.decoder(code)
net = Net(); opt = torch.optim.Adam(net.parameters(), 2e-3); x = torch.randn(400, 20); y = x[:, :4].argmax(1)
for epoch in range(3):
    for i in torch.randperm(400).split(40):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[i])[0], y[i]).backward()
        more = torch.randn(80, 20); nn.functional.mse_loss(net(more)[1], more).backward()
        opt.step()
