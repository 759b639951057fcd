"""The outer dictionary of a checkpoint is loaded in place of the weights in it."""
import torch
from torch import nn

torch.manual_seed(0)
source = nn.Sequential(nn.Embedding(20, 8), nn.Flatten(), nn.Linear(32, 4))
checkpoint = {"model": source.state_dict(), "step": 100}
net = nn.Sequential(nn.Embedding(20, 8), nn.Flatten(), nn.Linear(32, 4))
net.load_state_dict(checkpoint, strict=False)  # bug
net.load_state_dict(checkpoint["model"], strict=False)  # fix
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(12):
    words = torch.randint(0, 20, (16, 4))
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(words), words[:, 0] % 4).backward()
    optimizer.step()
