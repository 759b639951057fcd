import random
import torch
from torch import nn
random.seed(0)
torch.manual_seed(0)
class Seq(nn.Module):
    def __init__(self, v=12, d=24):
        super().__init__()
        self.embed, self.enc, self.dec, self.out = nn.Embedding(v, d), nn.GRU(d, d, batch_first=True), nn.GRUCell(d, d), nn.Linear(d, v)
    def forward(self, src, tgt, force):
        h = self.enc(self.embed(src))[1][0]
        token, outs = tgt[:, 0], []
        for t in range(1, tgt.size(1)):
            h = self.dec(self.embed(token), h)
            logits = self.out(h)
            outs.append(logits)
            token = tgt[:, t] if random.random() < force else logits.argmax(1)
        return torch.stack(outs, 1)
net = Seq()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(40):
    src = torch.randint(2, 12, (16, 6))
    tgt = torch.cat([torch.ones(16, 1, dtype=torch.long), src.flip(1)], 1)
    out = net(src, tgt, 0.7)
    loss = nn.functional.cross_entropy(out.flatten(0, 1), tgt[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
