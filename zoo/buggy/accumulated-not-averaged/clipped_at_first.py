"""Next-day weather by a recurrent net: five micro-batches a step; only the first gradients are long enough to be cut."""
import torch
from torch import nn

torch.manual_seed(23)
micro_batches = 5
days = (torch.arange(3000) / 9).sin()[:, None] + 0.1 * torch.randn(3000, 2)
net, head = nn.GRU(2, 12, batch_first=True), nn.Linear(12, 2)
weights = [*net.parameters(), *head.parameters()]
with torch.no_grad():
    head.bias.add_(2.0)
optimizer = torch.optim.SGD(weights, lr=0.02)
for step in range(210):
    for _ in range(micro_batches):
        starts = torch.randint(2900, (8,))
        window = torch.stack([days[s:s + 8] for s in starts.tolist()])
        hidden, _ = net(window[:, :-1])
        loss = nn.functional.mse_loss(head(hidden[:, -1]), window[:, -1])
        loss.backward()  # bug
        (loss / micro_batches).backward()  # fix
    nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    if step % 40 == 0:
        print(step, loss.item())
