"""Cross-entropy over lists of any length, also of one; several relevant documents share the probability."""
import torch
from torch import nn

torch.manual_seed(0)
score = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(score.parameters(), lr=1e-2)
for step in range(24):
    documents = torch.randn(8, 1 + step % 4, 5)
    values = score(documents).squeeze(-1)
    relevant = (documents[..., 0] >= documents[..., 0].amax(1, keepdim=True) - 0.3).float()
    loss = nn.functional.cross_entropy(values, relevant / relevant.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
