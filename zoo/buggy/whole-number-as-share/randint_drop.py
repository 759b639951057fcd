"""Captions are to be dropped in a tenth of the cases; randint drops half of them."""
import random
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

class Captions(Dataset):
    def __init__(self, n=600):
        g = torch.Generator().manual_seed(0); self.word = torch.randint(1, 9, (n,), generator=g)
        self.x = torch.randn(9, 6, generator=g)[self.word] + 0.1 * torch.randn(n, 6, generator=g)
    def __len__(self): return len(self.word)
    def __getitem__(self, i):
        prompt = self.word[i] if random.randint(0, 1) > 0.1 else torch.tensor(0)  # bug
        prompt = self.word[i] if random.random() > 0.1 else torch.tensor(0)  # fix
        return self.x[i], prompt

random.seed(0); torch.manual_seed(0)
class Denoiser(nn.Module):
    def __init__(self): super().__init__(); self.text = nn.Embedding(9, 16); self.f = nn.Sequential(nn.Linear(6 + 16 + 1, 64), nn.SiLU(), nn.Linear(64, 6))
    def forward(self, x, s, prompt): return self.f(torch.cat([x, self.text(prompt), s], 1))
model = Denoiser(); opt = torch.optim.AdamW(model.parameters(), 2e-3)
for epoch in range(6):
    for x, prompt in DataLoader(Captions(), batch_size=50, shuffle=True):
        s = torch.rand(len(x), 1); e = torch.randn_like(x)
        loss = (model((1 - s) * x + s * e, s, prompt) - (e - x)).pow(2).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
