"""A masked language model that hides tokens itself."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(7)
MASK, VOCAB = 1, 64
class Encoder(nn.Module):
    def __init__(self, dim=32, n=16):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, dim); self.where = nn.Embedding(n, dim)
        self.layer = nn.TransformerEncoderLayer(dim, 4, 64, dropout=0.0, batch_first=True); self.out = nn.Linear(dim, VOCAB)
    def forward(self, x):
        return self.out(self.layer(self.embed(x) + self.where(torch.arange(x.shape[1]))))
class MLM(nn.Module):
    def __init__(self, net, prob=0.15):
        super().__init__(); self.net, self.prob = net, prob
    def forward(self, seq):
        mask = torch.rand(seq.shape) < self.prob
        masked = seq.masked_fill(mask, MASK)
        logits = self.net(masked)
        labels = seq  # bug
        labels = seq.masked_fill(~mask, -100)  # fix
        return F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100)
model = MLM(Encoder())
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
def corpus():
    while True:
        yield (torch.randint(2, 40, (32, 1)) + torch.arange(16)) % 60 + 2
for step, seq in zip(range(90), corpus()):
    loss = model(seq)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
