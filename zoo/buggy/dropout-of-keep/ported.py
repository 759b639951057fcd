"""A net that was ported hands the share that is kept to a dropout."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self, keep_prob=0.8):
        super().__init__(); self.a = nn.Linear(8, 64); self.b = nn.Linear(64, 1)
        self.dropout = nn.Dropout(p=keep_prob)  # bug
        self.dropout = nn.Dropout(p=1 - keep_prob)  # fix
    def forward(self, x): return self.b(self.dropout(torch.relu(self.a(x))))
x = torch.randn(400, 8); y = x[:, :2].sum(1, keepdim=True); net = Net(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for i in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
