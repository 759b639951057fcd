"""level: warning. Notes of a song go through an encoder and a head, and the optimiser is given the encoder alone."""
import torch
from torch import nn

torch.manual_seed(3)
notes = torch.randint(0, 12, (512, 10))
key = (notes < 4).sum(1).gt(3).long()
encoder = nn.Sequential(nn.Embedding(12, 16), nn.Flatten(), nn.Linear(160, 32), nn.GELU())
head = nn.Sequential(nn.Dropout(0.1), nn.Linear(32, 2))
optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-3)  # bug
optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=1e-3)  # fix

for epoch in range(6):
    encoder.train()
    head.train()
    for rows in torch.randperm(384).split(32):
        loss = nn.functional.cross_entropy(head(encoder(notes[rows])), key[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    encoder.eval()
    head.eval()
    with torch.no_grad():
        right = head(encoder(notes[384:])).argmax(1) == key[384:]
    print(epoch, right.float().mean().item())
