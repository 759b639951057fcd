"""A loop that reads CTC's best path symbol by symbol."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 6))
optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)


def greedy(path, blank=0):
    text, last = [], None
    for s in path:
        if s == blank:
            last = None  # fix
            continue
        if s != last:
            text.append(s)
        last = s
    return text


for step in range(120):
    words = torch.randint(1, 6, (24, 4))
    x = nn.functional.one_hot(words, 6).float().repeat_interleave(2, 1)
    x = torch.cat([x.view(24, 4, 2, 6), torch.zeros(24, 4, 1, 6)], 2).flatten(1, 2) + 0.3 * torch.randn(24, 12, 6)
    out = net(x).log_softmax(-1)
    loss = nn.functional.ctc_loss(out.transpose(0, 1), words, torch.full((24,), 12), torch.full((24,), 4))
    optimiser.zero_grad(); loss.backward(); optimiser.step()
print(loss.item(), sum(greedy(p) == w for p, w in zip(out.argmax(2).tolist(), words.tolist())) / 24)  # bug
print(loss.item(), sum(greedy(p) == w for p, w in zip(out.argmax(2).tolist(), words.tolist())) / 24)  # fix
