"""Two noisy views of rows; the table of cosines is that of one view with itself."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(3)
group = torch.randint(0, 5, (300,)); rows = torch.randn(5, 18)[group] + 0.5 * torch.randn(300, 18)
class Contrast(nn.Module):
    def __init__(self): super().__init__(); self.body = nn.Sequential(nn.Linear(18, 40), nn.Tanh(), nn.Linear(40, 12))
    def forward(self, one, two):
        left, right = self.body(one), self.body(two)
        table = torch.einsum("id,jd->ij", F.normalize(left), F.normalize(left)) / 0.2  # bug
        table = torch.einsum("id,jd->ij", F.normalize(left), F.normalize(right)) / 0.2  # fix
        return F.cross_entropy(table, torch.arange(len(one))) + 0.01 * right.square().mean()
model = Contrast(); optimizer = torch.optim.RMSprop(model.parameters(), 1e-3)
for epoch in range(8):
    for picked in torch.randperm(300).split(30):
        view = [rows[picked] + 0.3 * torch.randn(30, 18) for _ in range(2)]
        optimizer.zero_grad(); loss = model(*view); loss.backward(); optimizer.step()
    print(epoch, loss.item())
