"""Texts of several lengths are averaged with their padding."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
torch.manual_seed(0)
texts = [(torch.randint(1, 40, (int(n),)) + 20 * int(c), int(c)) for n, c in zip(torch.randint(2, 25, (320,)), torch.randint(0, 2, (320,)))]
def collate(rows): return pad_sequence([r for r, _ in rows], batch_first=True), torch.tensor([c for _, c in rows])
loader = torch.utils.data.DataLoader(texts, batch_size=20, shuffle=True, collate_fn=collate)
class Net(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(60, 24, padding_idx=0); self.f = nn.Sequential(nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 2))
    def forward(self, t):
        h = self.e(t)
        h = h.mean(1)  # bug
        m = (t != 0)[..., None]; h = (h * m).sum(1) / m.sum(1)  # fix
        return self.f(h)
net = Net(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for t, c in loader:
        loss = nn.functional.cross_entropy(net(t), c); opt.zero_grad(); loss.backward(); opt.step()
