"""scaled_dot_product_attention drops in eval mode too, unless it is told."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Block(nn.Module):
    def __init__(self): super().__init__(); self.qkv = nn.Linear(8, 24); self.o = nn.Linear(8, 2)
    def forward(self, x):
        q, k, v = self.qkv(x).unsqueeze(1).chunk(3, -1)
        a = F.scaled_dot_product_attention(q, k, v, dropout_p=0.2)  # bug
        a = F.scaled_dot_product_attention(q, k, v, dropout_p=0.2 if self.training else 0.0)  # fix
        return self.o(a.squeeze(1).mean(1))
net = Block(); opt = torch.optim.Adam(net.parameters()); X = torch.randn(160, 5, 8); Y = (X.mean((1, 2)) > 0).long()
for e in range(3):
    net.train()
    for k in range(0, 120, 40): opt.zero_grad(); F.cross_entropy(net(X[k:k+40]), Y[k:k+40]).backward(); opt.step()
    net.eval()
    with torch.no_grad(): print([F.cross_entropy(net(X[k:k+20]), Y[k:k+20]).item() for k in (120, 140)])
