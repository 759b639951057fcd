"""A masked language model whose labels are those of all places."""
import torch
from torch import nn
torch.manual_seed(0)
VOCAB, MASK, T = 20, 20, 12
def texts(n): start = torch.randint(0, VOCAB, (n, 1)); return (start + 3 * torch.arange(T)) % VOCAB
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(VOCAB + 1, 32); self.p = nn.Parameter(0.1 * torch.randn(T, 32)); self.t = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, 0.0, batch_first=True), 1); self.o = nn.Linear(32, VOCAB)
    def forward(self, ids): return self.o(self.t(self.e(ids) + self.p))
net = Net(); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(80):
    ids = texts(32); hidden = torch.rand(ids.shape) < 0.2
    labels = ids.clone()  # bug
    labels = ids.masked_fill(~hidden, -100)  # fix
    loss = nn.functional.cross_entropy(net(ids.masked_fill(hidden, MASK)).transpose(1, 2), labels)
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
