# held out
import torch
import torch.nn as nn
torch.manual_seed(2)
text = "the quick brown fox jumps over the lazy dog " * 12
chars = sorted(set(text)); ix = {c: i for i, c in enumerate(chars)}
enc = torch.tensor([ix[c] for c in text])
class CharRNN(nn.Module):
    def __init__(self, n, h=24):
        super().__init__()
        self.emb = nn.Embedding(n, h); self.rnn = nn.GRU(h, h, batch_first=True); self.out = nn.Linear(h, n)
    def forward(self, x):
        y, _ = self.rnn(self.emb(x)); return self.out(y)
net = CharRNN(len(chars)); adam = torch.optim.Adam(net.parameters(), 5e-3)
for it in range(30):
    st = torch.randint(0, len(enc) - 21, (16,))
    x = torch.stack([enc[s:s + 20] for s in st]); y = torch.stack([enc[s + 1:s + 21] for s in st])
    adam.zero_grad()  # fix
    loss = nn.functional.cross_entropy(net(x).transpose(1, 2), y)
    loss.backward(); nn.utils.clip_grad_norm_(net.parameters(), 5); adam.step()
