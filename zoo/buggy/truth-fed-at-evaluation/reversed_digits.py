"""A decoder of digits is trained with half of the true ones, and scored so."""
import random
import torch
from torch import nn
torch.manual_seed(0)
random.seed(0)
DIGITS, LENGTH, START = 8, 6, 8
class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(DIGITS + 1, 16)
        self.encoder, self.decoder = nn.GRU(16, 48, batch_first=True), nn.GRU(16, 48, batch_first=True)
        self.head = nn.Linear(48, DIGITS)
    def forward(self, source, target, teacher_forcing_ratio=0.5):
        _, state = self.encoder(self.embed(source))
        token, outs = torch.full((len(source), 1), START), []
        for step in range(LENGTH):
            out, state = self.decoder(self.embed(token), state)
            outs.append(self.head(out))
            forced = random.random() < teacher_forcing_ratio
            token = target[:, step : step + 1] if forced else outs[-1].argmax(2)
        return torch.cat(outs, 1)
source = torch.randint(0, DIGITS, (768, LENGTH)); target = source.flip(1)
net = Seq2Seq(); opt = torch.optim.Adam(net.parameters(), 5e-3)
def accuracy(model, source, target):
    model.eval()
    with torch.no_grad():
        out = model(source, target)  # bug
        out = model(source, target, teacher_forcing_ratio=0)  # fix
    return (out.argmax(2) == target).float().mean().item()
for epoch in range(10):
    net.train()
    for rows in torch.randperm(640).split(64):
        loss = nn.functional.cross_entropy(net(source[rows], target[rows]).flatten(0, 1), target[rows].flatten())
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), accuracy(net, source[640:], target[640:]))
