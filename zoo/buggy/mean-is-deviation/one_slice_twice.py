"""The log variance is cut from the place of the mean."""
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
users, items, k = 300, 60, 8
R = (torch.rand(users, 4) @ torch.rand(4, items) > 1.1).float()
class MultiVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(items, 50), nn.Tanh(), nn.Linear(50, 2 * k))
        self.dec = nn.Sequential(nn.Linear(k, 50), nn.Tanh(), nn.Linear(50, items)); self.drop = nn.Dropout(0.3)
    def forward(self, x):
        h = self.enc(self.drop(F.normalize(x)))
        mu_q = h[:, :k]
        logvar_q = h[:, :k]  # bug
        logvar_q = h[:, k:]  # fix
        std = torch.exp(0.5 * logvar_q)
        z = mu_q + torch.randn_like(std) * std if self.training else mu_q
        kl = 0.5 * (-logvar_q + logvar_q.exp() + mu_q ** 2 - 1).sum(1).mean()
        return self.dec(z), kl
model = MultiVAE(); optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
step = 0
for epoch in range(10):
    model.train()
    for rows in torch.randperm(users).split(50):
        x = R[rows]; logits, kl = model(x)
        nll = -(F.log_softmax(logits, 1) * x).sum(1).mean()
        anneal = min(0.2, step / 100)
        loss = nll + anneal * kl
        optimizer.zero_grad(); loss.backward(); optimizer.step(); step += 1
    print(epoch, loss.item())
