"""A depth head beside segmentation: the losses stand in a dictionary, for the log, and are summed up."""
import torch
from torch import nn

torch.manual_seed(0)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 24), nn.ReLU())
        self.kind = nn.Linear(24, 3)
        self.depth = nn.Linear(24, 1)

    def forward(self, x):
        h = self.body(x)
        return self.kind(h), self.depth(h)


mixing = torch.randn(12, 4)
x = torch.randn(900, 12)
hidden = (x @ mixing).tanh()
kinds, depths = hidden[:, :3].argmax(1), hidden[:, 3:] + 0.1 * torch.randn(900, 1)
net = TwoHeads()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(800).split(40):
        logits, depth = net(x[rows])
        losses = {}
        losses["kind"] = nn.functional.cross_entropy(logits, kinds[rows])
        losses["depth"] = 0.5 * nn.functional.l1_loss(depth, depths[rows]).data  # bug
        losses["depth"] = 0.5 * nn.functional.l1_loss(depth, depths[rows])  # fix
        loss = sum(losses.values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        logits, depth = net(x[800:])
        right = (logits.argmax(1) == kinds[800:]).float().mean()
    print(f"epoch {epoch}: {right:.3f} right, {(depth - depths[800:]).abs().mean():.3f} off")
