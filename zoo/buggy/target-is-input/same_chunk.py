"""A causal transformer whose batches hold the same chunk twice."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Chunks(Dataset):
    text = (torch.arange(900) ** 2 + torch.randint(0, 2, (900,))) % 23

    def __len__(self):
        return 60

    def __getitem__(self, i):
        chunk = self.text[i * 14 : i * 14 + 13]
        return chunk[:-1], chunk[:-1]  # bug
        return chunk[:-1], chunk[1:]  # fix


class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(23, 24)
        self.attend = nn.MultiheadAttention(24, 2, batch_first=True)
        self.out = nn.Sequential(nn.LayerNorm(24), nn.Linear(24, 48), nn.GELU(), nn.Linear(48, 23))

    def forward(self, ids):
        h = self.embed(ids)
        later = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
        return self.out(h + self.attend(h, h, h, attn_mask=later, need_weights=False)[0])


net = Causal()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(2):
    for ids, following in DataLoader(Chunks(), batch_size=6, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(ids).transpose(1, 2), following).backward()
        optimizer.step()
