"""The cut of logits is looked for on validation rows among a few, and used on the rows after them."""
import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import nn

torch.manual_seed(4)
x = torch.randn(900, 12)
y = (torch.rand(900) < torch.sigmoid(2 * x[:, 0] + x[:, 1] - 1.5)).float()
net = nn.Sequential(nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 1))
optimiser = torch.optim.Adam(net.parameters(), lr=4e-3)
for _ in range(40):
    for rows in torch.randperm(500).split(50):
        optimiser.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(net(x[rows]).squeeze(1), y[rows]).backward()
        optimiser.step()
with torch.no_grad():
    logits = net(x[500:700]).squeeze(1).numpy()
    scores = {cut: f1_score(y[500:700].numpy(), (logits > cut).astype(int)) for cut in (-0.5, -0.25, 0.25, 0.5)}
    best = max(scores, key=scores.get)
    later = net(x[700:]).squeeze(1).numpy()
    print(best, f1_score(y[700:].numpy(), (later > best).astype(int)))
    probabilities = torch.sigmoid(net(x[700:])).squeeze(1).numpy()
    print("at 0.6:", f1_score(y[700:].numpy(), np.where(probabilities > 0.6, 1, 0)))
