"""Series of numbers are put at the end of their rows, and packed by their lengths."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
torch.manual_seed(7)
lengths = torch.randint(4, 16, (400,)); x = torch.zeros(400, 15, 3); grows = torch.rand(400) > 0.5
for row, count in enumerate(lengths.tolist()):
    walk = torch.randn(count, 3).cumsum(0); walk[-2:] += 3.0 * grows[row]
    x[row, 15 - count :] = walk  # bug
    x[row, :count] = walk  # fix
class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(3, 24), nn.Linear(24, 1)
    def forward(self, x, n):
        order = n.argsort(descending=True)
        _, last = self.gru(pack_padded_sequence(x[order].transpose(0, 1), n[order]))
        return self.head(last[0])[order.argsort()][:, 0]
net = Reader(); optimizer = torch.optim.Adam(net.parameters(), 4e-3)
for epoch in range(3):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows], lengths[rows]), grows[rows].float())
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(epoch, loss.item())
