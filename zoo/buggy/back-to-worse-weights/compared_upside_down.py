"""The weights of the epoch with the highest loss are kept."""
import torch
from torch import nn
import io
torch.manual_seed(0)
class RNNPredictor(nn.Module):
    def __init__(self): super().__init__(); self.rnn = nn.GRU(1, 16, batch_first=True); self.dec = nn.Linear(16, 1)
    def forward(self, x): o, _ = self.rnn(x); return self.dec(o)
t = torch.arange(0, 60, .1); s = torch.sin(t) + .05 * torch.randn(len(t))
w = s.unfold(0, 21, 5)[:, :, None]; tr, va = w[:80], w[86:]
m = RNNPredictor(); opt = torch.optim.Adam(m.parameters(), 5e-3); crit = nn.MSELoss()
best_val_loss = 0.0  # bug
best_val_loss = float("inf")  # fix
buf = None
for epoch in range(8):
    m.train()
    for i in torch.randperm(len(tr)).split(16):
        opt.zero_grad(); loss = crit(m(tr[i, :-1]), tr[i, 1:]); loss.backward(); opt.step()
    m.eval()
    with torch.no_grad(): val_loss = crit(m(va[:, :-1]), va[:, 1:]).item()
    is_best = val_loss > best_val_loss  # bug
    best_val_loss = max(val_loss, best_val_loss)  # bug
    is_best = val_loss < best_val_loss  # fix
    best_val_loss = min(val_loss, best_val_loss)  # fix
    if is_best:
        buf = io.BytesIO(); torch.save({"state_dict": m.state_dict(), "epoch": epoch}, buf)
    print(epoch, val_loss, is_best)
buf.seek(0); ck = torch.load(buf); m.load_state_dict(ck["state_dict"]); m.eval()
with torch.no_grad(): print("final from epoch", ck["epoch"], crit(m(va[:, :-1]), va[:, 1:]).item())
