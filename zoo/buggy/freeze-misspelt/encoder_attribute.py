"""A pretrained encoder is to be frozen; the attribute is set on the module."""
import torch
from torch import nn

torch.manual_seed(0)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(9, 30), nn.Tanh())
        self.head = nn.Linear(30, 3)

    def forward(self, x):
        return self.head(self.encoder(x))


model = Classifier()
model.encoder.requires_grad = False  # bug
model.encoder.requires_grad_(False)  # fix
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(15):
    x = torch.randn(32, 9)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
