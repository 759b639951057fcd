"""Images as sequences of grey levels, whose last pixels are often black: no padding. Contrastive targets are all 0."""
import torch
from torch import nn

torch.manual_seed(0)


class Pixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(8, 12), nn.GRU(12, 24, batch_first=True), nn.Linear(24, 8)

    def forward(self, x):
        h = self.rnn(self.embed(x))[0]
        return self.out(h), h[:, -1]


net = Pixels()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(20):
    image = torch.randint(0, 8, (16, 20)) * (torch.rand(16, 20) > 0.3)
    image = image * (torch.arange(20) < torch.randint(10, 21, (16, 1)))
    logits, code = net(image[:, :-1])
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), image[:, 1:].flatten())
    same = (code * net(image[:, 1:])[1]).sum(1, keepdim=True)
    others = code @ code.detach().roll(1, 0).T
    loss = loss + 0.1 * nn.functional.cross_entropy(torch.cat([same, others], 1), torch.zeros(16, dtype=torch.long))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
