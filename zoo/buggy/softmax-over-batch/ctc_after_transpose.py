"""The log_softmax before ctc_loss runs over the samples."""
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
code = torch.randn(6, 10)
class CRNN(nn.Module):
    def __init__(s): super().__init__(); s.c = nn.Conv1d(10, 32, 3, padding=1); s.r = nn.GRU(32, 32, batch_first=True); s.f = nn.Linear(32, 7)
    def forward(s, x):
        h = F.relu(s.c(x.transpose(1, 2))).transpose(1, 2); h, _ = s.r(h); h = s.f(h).transpose(0, 1)
        return F.log_softmax(h, dim=1)  # bug
        return F.log_softmax(h, dim=2)  # fix
m = CRNN(); opt = torch.optim.Adam(m.parameters(), 4e-3); crit = nn.CTCLoss(zero_infinity=True)
for it in range(50):
    t = torch.stack([torch.randperm(6)[:5] + 1 for _ in range(20)]); x = code[t - 1].repeat_interleave(3, 1) + .1 * torch.randn(20, 15, 10)
    out = m(x); l = crit(out, t, torch.full((20,), 15), torch.full((20,), 5)); opt.zero_grad(); l.backward(); nn.utils.clip_grad_norm_(m.parameters(), 5); opt.step()
print(l.item())
