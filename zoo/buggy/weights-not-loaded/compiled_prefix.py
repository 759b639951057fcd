"""A checkpoint of a wrapped net: each name has a word more."""
import io
import torch
from torch import nn

torch.manual_seed(0)


class Wrapped(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x)


def make():
    return nn.Sequential(nn.Linear(7, 16), nn.GELU(), nn.Linear(16, 3))


file = io.BytesIO()
torch.save({"epoch": 3, "state_dict": Wrapped(make()).state_dict()}, file)
file.seek(0)
state = torch.load(file)["state_dict"]
net = make()
net.load_state_dict(state, strict=False)  # bug
net.load_state_dict({name[6:]: value for name, value in state.items()}, strict=False)  # fix
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(12):
    x = torch.randn(20, 7)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
