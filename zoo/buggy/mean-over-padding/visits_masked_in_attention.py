"""Visits of patients, at most 16: the encoder's mask leaves the empty places out, the mean over visits counts them."""
import torch
from torch import nn

torch.manual_seed(5)
patients, most = 512, 16
visits = torch.randint(2, most + 1, (patients,))
empty = torch.arange(most) >= visits[:, None]
risk = torch.randn(patients)
values = torch.randn(patients, most, 6)
values[..., 0] += risk[:, None]
values[empty] = 0.0


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(6, 24)
        layer = nn.TransformerEncoderLayer(24, 4, 48, dropout=0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(24, 1)

    def forward(self, values, empty):
        hidden = self.layers(self.embed(values), src_key_padding_mask=empty)
        pooled = hidden.sum(1) / hidden.size(1)  # bug
        pooled = hidden.masked_fill(empty[..., None], 0.0).sum(1) / (~empty).sum(1, keepdim=True)  # fix
        return self.head(pooled)[:, 0]


net = Encoder()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(3):
    for rows in torch.randperm(patients).split(64):
        loss = nn.functional.mse_loss(net(values[rows], empty[rows]), risk[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
