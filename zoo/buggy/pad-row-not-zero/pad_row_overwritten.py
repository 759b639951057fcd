"""The initialisation fills in the row of the padding."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(18)
PAD = 0
class BagOfWords(nn.Module):
    def __init__(self, vocab=50, d=24, classes=3):
        super().__init__()
        self.emb = nn.Embedding(vocab, d, padding_idx=PAD)
        self.fc = nn.Linear(d, classes)
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, (nn.Linear, nn.Embedding)):
            nn.init.normal_(m.weight, std=0.5)
            if isinstance(m, nn.Embedding) and m.padding_idx is not None:  # fix
                with torch.no_grad():  # fix
                    m.weight[m.padding_idx].zero_()  # fix
    def forward(self, ids):
        return self.fc(self.emb(ids).sum(1))
ids = torch.randint(1, 50, (500, 15)); lengths = torch.randint(3, 15, (500,))
ids[torch.arange(15)[None] >= lengths[:, None]] = PAD
y = (ids == 7).any(1).long() + (ids == 9).any(1).long()
net = BagOfWords(); opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    for x, t in DataLoader(TensorDataset(ids, y), batch_size=25, shuffle=True):
        loss = F.cross_entropy(net(x), t)
        opt.zero_grad(); loss.backward(); opt.step()
