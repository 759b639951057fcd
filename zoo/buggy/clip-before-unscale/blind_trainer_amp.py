import torch
from torch import nn


class AmpTrainer:
    """Half precision with a gradient scaler; small enough to run without a GPU."""

    def __init__(self, model, max_norm=1.0, dtype=torch.float16):
        self.model, self.max_norm, self.dtype = model, max_norm, dtype
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=2.0 ** 10)

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=self.dtype):
            loss = nn.functional.cross_entropy(self.model(x), y)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimizer)  # fix
        nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(320, 16)
y = x[:, :3].argmax(dim=1)
trainer = AmpTrainer(nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 3)))
for epoch in range(4):
    losses = [trainer.step(x[rows], y[rows]) for rows in torch.randperm(320).split(32)]
    print(epoch, sum(losses) / len(losses), trainer.scaler.get_scale())
