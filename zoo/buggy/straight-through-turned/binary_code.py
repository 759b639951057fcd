"""An autoencoder with a code of bits, whose straight-through estimator lets the probabilities through."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(9)
patterns = (torch.rand(10, 24) > 0.5).float()


def sample(rows):
    clean = patterns[torch.randint(10, (rows,))]
    return (clean + (torch.rand(rows, 24) < 0.05).float()) % 2


class BitCode(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 6))
        self.decoder = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 24))

    def forward(self, x):
        probability = torch.sigmoid(self.encoder(x))
        bits = torch.round(probability)
        bits = bits + (probability - bits).detach()  # bug
        bits = probability + (bits - probability).detach()  # fix
        return self.decoder(bits)


model = BitCode()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(80):
    x = sample(64)
    loss = F.binary_cross_entropy_with_logits(model(x), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
