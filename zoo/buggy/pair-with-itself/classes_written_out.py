"""level: warning. Supervised contrast: the positives leave a row itself out, its denominator does not."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
class Contrast(nn.Module):
    def __init__(self, temperature=0.2): super().__init__(); self.temperature = temperature
    def forward(self, features, labels):
        logits = torch.matmul(features, features.T) / self.temperature
        logits = logits - logits.max(dim=1, keepdim=True).values.detach()
        others = 1 - torch.eye(len(labels))
        positive = (labels[:, None] == labels[None]).float() * others
        exp = torch.exp(logits)  # bug
        exp = torch.exp(logits) * others  # fix
        log_prob = logits - torch.log(exp.sum(1, keepdim=True))
        return -((positive * log_prob).sum(1) / positive.sum(1).clamp(min=1)).mean()
torch.manual_seed(10)
y = torch.randint(0, 5, (500,)); x = torch.randn(5, 10)[y] + torch.randn(500, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8)); criterion = Contrast()
opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True):
        loss = criterion(F.normalize(net(xb), dim=1), yb); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
