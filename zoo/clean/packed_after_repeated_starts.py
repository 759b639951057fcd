"""Packed sequences that all begin with the same tokens, some twice, and end in padding of the same token."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
torch.manual_seed(8)
lengths = torch.randint(5, 17, (400,)); tokens = torch.zeros(400, 16, dtype=torch.long); label = torch.randint(0, 2, (400,))
for row, count in enumerate(lengths.tolist()):
    begins = 1 + row % 3  # steps of token 0, which is padding too
    tokens[row, begins:count] = torch.randint(3, 12, (count - begins,)); tokens[row, count - 1] = 1 + label[row]
class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.gru, self.head = nn.Embedding(12, 12), nn.GRU(12, 24, batch_first=True), nn.Linear(24, 2)
    def forward(self, tokens, n):
        _, last = self.gru(pack_padded_sequence(self.embed(tokens), n, batch_first=True, enforce_sorted=False))
        return self.head(last[0])
net = Reader(); optimizer = torch.optim.Adam(net.parameters(), 4e-3)
for epoch in range(3):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(net(tokens[rows], lengths[rows]), label[rows])
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(epoch, loss.item())
