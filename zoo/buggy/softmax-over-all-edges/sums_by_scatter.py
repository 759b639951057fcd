"""Molecules in one batch: atoms are weighted by attention and added up for each molecule."""
import torch
from torch import nn
torch.manual_seed(0)
embed, score, value, head = nn.Embedding(8, 16), nn.Linear(16, 1), nn.Linear(16, 16), nn.Linear(16, 1)
parameters = [p for net in (embed, score, value, head) for p in net.parameters()]
optimiser = torch.optim.Adam(parameters, lr=1e-2)
mass = torch.rand(8)
for step in range(80):
    sizes = torch.randint(4, 12, (16,))
    molecule = torch.arange(16).repeat_interleave(sizes)
    atoms = torch.randint(0, 8, (int(sizes.sum()),))
    wanted = torch.zeros(16).index_add(0, molecule, mass[atoms]) / sizes
    h = embed(atoms)
    s = score(h).squeeze(1)
    w = s.softmax(0)  # bug
    w = s.exp() / torch.zeros(16).scatter_add(0, molecule, s.exp())[molecule]  # fix
    pooled = torch.zeros(16, 16).scatter_add(0, molecule[:, None].expand(-1, 16), w[:, None] * value(h))
    loss = nn.functional.mse_loss(head(pooled).squeeze(1), wanted)
    optimiser.zero_grad(); loss.backward(); optimiser.step()
print(loss.item())
