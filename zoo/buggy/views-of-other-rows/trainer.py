"""A trainer of two views that reads them by two loaders."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
class ContrastiveTrainer:
    def __init__(self, encoder): self.encoder, self.opt = encoder, torch.optim.AdamW(encoder.parameters(), 1e-3)
    def loss(self, one, two):
        one, two = (nn.functional.normalize(self.encoder(x + 0.2 * torch.randn_like(x))) for x in (one, two))
        return nn.functional.cross_entropy(one @ two.T / 0.2, torch.arange(len(one)))
    def fit(self, rows, epochs=8):
        left = DataLoader(rows, batch_size=32, shuffle=True, drop_last=True)
        right = DataLoader(rows, batch_size=32, shuffle=True, drop_last=True)  # bug
        for epoch in range(epochs):
            for i, ((one,), (two,)) in enumerate(zip(left, right)):  # bug
            for i, (one,) in enumerate(left):  # fix
                two = one  # fix
                loss = self.loss(one, two); self.opt.zero_grad(); loss.backward(); self.opt.step()
            print(epoch, loss.item())
torch.manual_seed(0)
group = torch.randint(0, 6, (320,)); rows = torch.randn(6, 16)[group] + 0.5 * torch.randn(320, 16)
ContrastiveTrainer(nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 12))).fit(TensorDataset(rows))
