"""An embedding and a decoder share their data."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(40)
class LM(nn.Module):
    def __init__(self, vocab=40, d=24):
        super().__init__()
        self.embed = nn.Embedding(vocab, d)
        self.rnn = nn.GRU(d, d, batch_first=True)
        self.decoder = nn.Linear(d, vocab, bias=False)
        self.decoder.weight.data = self.embed.weight.data  # bug
        self.decoder.weight = self.embed.weight  # fix
    def forward(self, ids):
        return self.decoder(self.rnn(self.embed(ids))[0])
text = torch.randint(0, 40, (3000,)); text[1::2] = (text[::2] + 5) % 40
net = LM(); opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for it in range(90):
    s = torch.randint(0, 2970, (16,))
    chunk = torch.stack([text[k:k + 21] for k in s])
    loss = F.cross_entropy(net(chunk[:, :-1]).flatten(0, 1), chunk[:, 1:].flatten())
    opt.zero_grad(); loss.backward(); opt.step()
