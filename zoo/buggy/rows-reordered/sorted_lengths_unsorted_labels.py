"""A batch is sorted by length, and its labels are not."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
from torch.nn.utils.rnn import pack_padded_sequence
torch.manual_seed(52)
ids = torch.randint(1, 30, (600, 12)); lengths = torch.randint(2, 13, (600,))
ids[torch.arange(12)[None] >= lengths[:, None]] = 0
y = (ids[:, 0] > 15).long()
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(30, 16, padding_idx=0)
        self.rnn, self.fc = nn.LSTM(16, 24, batch_first=True), nn.Linear(24, 2)
    def forward(self, ids, lengths):
        _, (h, _) = self.rnn(pack_padded_sequence(self.e(ids), lengths, batch_first=True))
        return self.fc(h[-1])
net = Tagger(); opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    for x, n, t in DataLoader(TensorDataset(ids, lengths, y), batch_size=30, shuffle=True):
        n, order = n.sort(descending=True)
        x = x[order]
        t = t[order]  # fix
        loss = F.cross_entropy(net(x, n), t)
        opt.zero_grad(); loss.backward(); opt.step()
