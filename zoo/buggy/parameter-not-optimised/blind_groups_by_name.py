import torch
import torch.nn as nn

torch.manual_seed(0)


class TinyViT(nn.Module):
    def __init__(self, patch=4, dim=24, classes=3):
        super().__init__()
        self.patchify = nn.Conv2d(1, dim, patch, stride=patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.positions = nn.Parameter(torch.randn(1, 17, dim) * 0.02)
        self.encoder = nn.TransformerEncoderLayer(dim, 2, 48, dropout=0.0, batch_first=True)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        tokens = self.patchify(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token.expand(len(x), -1, -1), tokens], 1) + self.positions
        return self.head(self.encoder(tokens)[:, 0])


def param_groups(model, weight_decay):
    decay, rest = [], []
    for name, p in model.named_parameters():
        if name.endswith("weight"):
            decay.append(p)
        elif name.endswith("bias"):  # bug
        else:  # fix
            rest.append(p)
    return [{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]


labels = torch.randint(0, 3, (240,))
images = torch.rand(240, 1, 16, 16) * 0.4
for k in range(3):
    images[labels == k, :, 5 * k:5 * k + 5, :8] += 0.6

model = TinyViT()
optimizer = torch.optim.AdamW(param_groups(model, 0.05), lr=3e-3)
for step in range(40):
    rows = torch.randint(0, 240, (32,))
    loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
    optimizer.zero_grad()
    model.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
