# held out
import torch
from torch import nn
torch.manual_seed(1)
class Tagger(nn.Module):
    def __init__(self, vocab=60, tags=5):
        super().__init__()
        self.e = nn.Embedding(vocab, 16); self.r = nn.LSTM(16, 16, batch_first=True, bidirectional=True); self.o = nn.Linear(32, tags)
        self.act = nn.Softmax(dim=-1)  # bug
        self.act = nn.Identity()  # fix
    def forward(self, x):
        h, _ = self.r(self.e(x)); return self.act(self.o(h))
m = Tagger(); opt = torch.optim.Adam(m.parameters(), 1e-2); ce = nn.CrossEntropyLoss(ignore_index=-1)
for i in range(12):
    x = torch.randint(0, 60, (8, 11)); t = x % 5; t[:, -2:] = -1
    opt.zero_grad(); loss = ce(m(x).reshape(-1, 5), t.reshape(-1)); loss.backward(); opt.step()
