"""A whole average of two nets, beside first weights that are kept to go back to and a fixed copy that is asked too."""
import copy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(4)
encoder, head = nn.Sequential(nn.Linear(10, 48), nn.ReLU()), nn.Linear(48, 4)
start = copy.deepcopy(encoder)  # how far features have moved is printed
mean_encoder, mean_head = copy.deepcopy(encoder), copy.deepcopy(head)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=3e-3)
y = torch.randint(4, (800,))
x = torch.randn(4, 10)[y] + 0.7 * torch.randn(800, 10)
for step in range(120):
    rows = torch.randint(600, (50,))
    with torch.no_grad():
        soft = mean_head(mean_encoder(x[rows])).softmax(1)
        moved = (start(x[rows]) - mean_encoder(x[rows])).abs().mean()
    logits = head(encoder(x[rows]))
    loss = F.cross_entropy(logits, y[rows]) + 0.2 * F.cross_entropy(logits, soft)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for slow, fast in ((mean_encoder, encoder), (mean_head, head)):
            for s, f in zip(slow.parameters(), fast.parameters()):
                s.lerp_(f, 0.05)
with torch.no_grad():
    print(moved.item(), (mean_head(mean_encoder(x[600:])).argmax(1) == y[600:]).float().mean().item())
