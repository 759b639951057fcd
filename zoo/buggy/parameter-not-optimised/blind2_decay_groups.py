import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class TinyViT(nn.Module):
    def __init__(self, patch=2, dim=32, heads=4, depth=2, classes=10):
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch * patch, dim)
        self.cls_token = nn.Parameter(torch.randn(1, 1, dim) * 0.1)
        self.pos_embed = nn.Parameter(torch.randn(1, 17, dim) * 0.1)
        layer = nn.TransformerEncoderLayer(dim, heads, 2 * dim, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth)
        self.head = nn.Linear(dim, classes)

    def forward(self, img):
        p = self.patch
        x = img.unfold(1, p, p).unfold(2, p, p).flatten(1, 2).flatten(2)
        x = self.embed(x)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        return self.head(self.encoder(x)[:, 0])


def parameter_groups(model, weight_decay):
    decay, plain = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if name.endswith("bias") or "norm" in name:
            plain.append(p)
        elif name.endswith("weight"):  # bug
        else:  # fix
            decay.append(p)
    return [{"params": decay, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]


torch.manual_seed(29)
digits = load_digits()
x = torch.tensor(digits.images / 8.0 - 1.0).float()
y = torch.tensor(digits.target)
tr, va = train_test_split(range(len(y)), test_size=0.2, stratify=digits.target, random_state=29)
train_dl = DataLoader(TensorDataset(x[tr], y[tr]), batch_size=64, shuffle=True)
model = TinyViT()
opt = torch.optim.AdamW(parameter_groups(model, 0.05), lr=2e-3)
for epoch in range(5):
    model.train()
    for xb, yb in train_dl:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        print(epoch, loss.item(), (model(x[va]).argmax(1) == y[va]).float().mean().item())
