"""The last state of a GRU that has run over the padding of its batch."""
import torch
from torch import nn
torch.manual_seed(0)
class Reader(nn.Module):
    def __init__(self):
        super().__init__(); self.e = nn.Embedding(20, 12, padding_idx=0); self.g = nn.GRU(12, 24, batch_first=True); self.h = nn.Linear(24, 2)
    def forward(self, tokens):
        steps, state = self.g(self.e(tokens))
        return self.h(state[-1])  # bug
        return self.h(steps[torch.arange(len(tokens)), (tokens != 0).sum(1) - 1])  # fix
texts = [torch.randint(1, 20, (int(torch.randint(3, 15, ())),)) for _ in range(320)]; y = torch.stack([(t[-1] > 9).long() for t in texts])
net = Reader(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(4):
    for i in torch.randperm(320).split(20):
        x = nn.utils.rnn.pad_sequence([texts[k] for k in i], batch_first=True)
        loss = nn.functional.cross_entropy(net(x), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
