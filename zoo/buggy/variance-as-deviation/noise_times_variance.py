"""The noise of a variational autoencoder is multiplied by exp(log variance)."""
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 40); self.fc21 = nn.Linear(40, 4); self.fc22 = nn.Linear(40, 4); self.fc3 = nn.Linear(4, 40); self.fc4 = nn.Linear(40, 64)
    def encode(self, x):
        h = F.relu(self.fc1(x)); return self.fc21(h), self.fc22(h)
    def reparameterize(self, mu, logvar):
        noise = torch.randn_like(mu)
        return mu + noise * logvar.exp()  # bug
        return mu + noise * (0.5 * logvar).exp()  # fix
    def forward(self, x):
        mu, lv = self.encode(x); z = self.reparameterize(mu, lv)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, lv
def loss_function(r, x, mu, lv):
    return F.binary_cross_entropy(r, x, reduction="sum") - 0.5 * torch.sum(1 + lv - mu.pow(2) - lv.exp())
proto = (torch.rand(6, 64) > .5).float()
data = (proto[torch.randint(0, 6, (512,))] + 0.1 * torch.randn(512, 64)).clamp(0, 1)
loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True)
m = VAE(); opt = torch.optim.Adam(m.parameters(), lr=1e-3)
for ep in range(5):
    tot = 0
    for x in loader:
        opt.zero_grad(); r, mu, lv = m(x); l = loss_function(r, x, mu, lv); l.backward(); opt.step(); tot += l.item()
    print(ep, tot / 512)
