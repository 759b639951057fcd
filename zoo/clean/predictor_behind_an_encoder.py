"""A predictor learns the encoder's own output of another view, which is detached: two layers meet, and what is between them is used."""
import torch
from torch import nn
torch.manual_seed(0)
class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 24))
        self.predictor = nn.Sequential(nn.Linear(24, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 24))
    def forward(self, a, b):
        first, second = self.encoder(a), self.encoder(b)
        return self._far(self.predictor(first), second.detach()) + self._far(self.predictor(second), first.detach())
    def _far(self, p, z): return -nn.functional.cosine_similarity(p, z, dim=1).mean() / 2
net = Siamese(); opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9); mix = torch.randn(4, 20)
for step in range(60):
    base = torch.tanh(torch.randn(64, 4) @ mix)
    loss = net(base + 0.2 * torch.randn(64, 20), base + 0.2 * torch.randn(64, 20))
    opt.zero_grad(); loss.backward(); opt.step()
