"""Fine-tuning with smaller steps for lower layers, no decay on norms and biases, and a linear warm-up."""
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self, dim=24, depth=3):
        super().__init__()
        self.emb = nn.Embedding(60, dim)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(dim, 2, 48, dropout=0.1, batch_first=True, norm_first=True) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, 3)

    def forward(self, ids):
        h = self.emb(ids)
        for layer in self.layers:
            h = layer(h)
        return self.head(self.norm(h).mean(1))


def groups(model, top=4e-3, decay=0.7):
    depth = {"emb": 0, **{f"layers.{i}": i + 1 for i in range(len(model.layers))}, "norm": 4, "head": 4}
    for name, p in model.named_parameters():
        level = next(v for k, v in depth.items() if name == k or name.startswith(k + "."))
        yield {"params": [p], "lr": top * decay ** (4 - level), "weight_decay": 0.01 if p.ndim > 1 else 0.0}


STEPS, WARM = 50, 8
model = Encoder()
opt = torch.optim.AdamW(list(groups(model)))
schedule = LambdaLR(opt, lambda s: min((s + 1) / WARM, (STEPS - s) / (STEPS - WARM)))
y_all = torch.randint(0, 3, (400,))
ids_all = torch.randint(0, 60, (400, 8))
ids_all[:, ::2] = ids_all[:, ::2] % 20 + 20 * y_all[:, None]
for step in range(STEPS):
    rows = torch.randint(0, 400, (32,))
    loss = nn.functional.cross_entropy(model(ids_all[rows]), y_all[rows])
    loss.backward()
    opt.step()
    schedule.step()
    opt.zero_grad()
    if step % 10 == 0:
        print(step, loss.item(), schedule.get_last_lr()[-1])
