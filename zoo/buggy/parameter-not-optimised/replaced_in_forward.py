"""Each forward makes a new parameter of the old one's values."""
import torch
from torch import nn
class Positive(nn.Module):
    def __init__(self): super().__init__(); self.weight = nn.Parameter(torch.rand(4, 1)); self.bias = nn.Parameter(torch.zeros(1))
    def forward(self, x):
        self.weight = nn.Parameter(self.weight.data.clamp(min=0))  # bug
        self.weight.data.clamp_(min=0)  # fix
        return x @ self.weight + self.bias
torch.manual_seed(0)
X = torch.randn(300, 4)
Y = X @ torch.tensor([[1.], [2.], [0.], [3.]])
net = Positive()
opt = torch.optim.SGD(net.parameters(), 0.05)
for ep in range(8):
    for b in torch.randperm(300).split(30): loss = nn.functional.mse_loss(net(X[b]), Y[b]); opt.zero_grad(); loss.backward(); opt.step()
