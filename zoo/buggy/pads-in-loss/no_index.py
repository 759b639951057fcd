"""A language model over lines of several lengths; nothing but the lines themselves says which token is padding."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)


class Lines(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(20, 16), nn.GRU(16, 24, batch_first=True), nn.Linear(24, 20)

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0])


net = Lines()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()  # bug
criterion = nn.CrossEntropyLoss(ignore_index=19)  # fix
for _ in range(15):
    lines = [torch.randint(0, 19, (int(n),)) for n in torch.randint(4, 14, (12,))]
    batch = pad_sequence(lines, batch_first=True, padding_value=19)
    optimizer.zero_grad()
    criterion(net(batch[:, :-1]).transpose(1, 2), batch[:, 1:]).backward()
    optimizer.step()
