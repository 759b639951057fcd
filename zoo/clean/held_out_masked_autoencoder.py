# held out
import torch
from torch import nn
torch.manual_seed(0)
class MAE(nn.Module):
    def __init__(self):
        super().__init__(); self.e = nn.Linear(6, 24); self.p = nn.Parameter(torch.randn(1, 8, 24) * 0.02); self.m = nn.Parameter(torch.zeros(1, 1, 24))
        self.t = nn.TransformerEncoder(nn.TransformerEncoderLayer(24, 4, 48, batch_first=True, dropout=0.0), 2, enable_nested_tensor=False); self.d = nn.Linear(24, 6)
    def forward(self, x, mask): return self.d(self.t(torch.where(mask[..., None], self.m, self.e(x)) + self.p))
net = MAE(); opt = torch.optim.AdamW(net.parameters(), 1e-3)
for k in range(12):
    x = torch.randn(16, 8, 6).cumsum(1); mask = torch.rand(16, 8) < 0.5; loss = ((net(x, mask) - x) ** 2)[mask].mean(); opt.zero_grad(); loss.backward(); opt.step()
