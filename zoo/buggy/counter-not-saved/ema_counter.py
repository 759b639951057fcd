"""An average whose decay is warmed up by a plain count of updates."""
import copy, io, math
import torch
from torch import nn
import torch.nn.functional as F

class ModelEMA(nn.Module):
    def __init__(self, model, decay=0.999, warmup=50):
        super().__init__()
        self.model = copy.deepcopy(model).requires_grad_(False); self.decay = decay; self.warmup = warmup
        self.updates = 0  # bug
        self.register_buffer("updates", torch.tensor(0))  # fix
    def update(self, model):
        self.updates += 1
        d = self.decay * (1 - math.exp(-float(self.updates) / self.warmup))
        with torch.no_grad():
            for k, v in self.model.state_dict().items():
                if v.dtype.is_floating_point: v.mul_(d).add_(model.state_dict()[k], alpha=1 - d)

def net(): return nn.Sequential(nn.Linear(12, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 3))
torch.manual_seed(1)
y = torch.randint(0, 3, (480,)); x = torch.randn(3, 12)[y] + 1.2 * torch.randn(480, 12)

def run(state=None, epochs=4):
    model = net(); opt = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9); ema = ModelEMA(model)
    if state is not None:
        state.seek(0); ck = torch.load(state)
        model.load_state_dict(ck["model"]); opt.load_state_dict(ck["opt"]); ema.load_state_dict(ck["ema"])
    for _ in range(epochs):
        model.train()
        for b in torch.randperm(480).split(32):
            loss = F.cross_entropy(model(x[b]), y[b])
            opt.zero_grad(); loss.backward(); opt.step(); ema.update(model)
        ema.eval()
        with torch.no_grad(): print("ema acc", (ema.model(x).argmax(1) == y).float().mean().item())
    out = io.BytesIO()
    torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "ema": ema.state_dict()}, out)
    return out
run(run())
