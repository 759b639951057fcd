"""An autoencoder returns its code without a graph; the sparsity of the code is a term of the loss."""
import torch
from torch import nn
torch.manual_seed(4)
class Sparse(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(20, 30), nn.Linear(30, 20)
    def forward(self, x):
        code = torch.relu(self.encoder(x))
        return self.decoder(code), code.detach()  # bug
        return self.decoder(code), code  # fix
x = torch.randn(400, 5) @ torch.randn(5, 20); net = Sparse(); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        rebuilt, code = net(x[rows])
        loss = (rebuilt - x[rows]).square().mean() + 0.05 * code.abs().sum(1).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
