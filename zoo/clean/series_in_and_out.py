"""Series as input and as target, rightly: an autoencoder, five steps ahead, and the next step by a GRU."""
import torch
from torch import nn
torch.manual_seed(0); S = torch.sin(torch.arange(900) / 7) + .1 * torch.randn(900)
auto = nn.Sequential(nn.Conv1d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv1d(8, 1, 3, padding=1)); far = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 5)); rnn = nn.GRU(1, 12, batch_first=True); out = nn.Linear(12, 1)
opt = torch.optim.Adam([*auto.parameters(), *far.parameters(), *rnn.parameters(), *out.parameters()], 1e-2)
for _ in range(15):
    w = torch.stack([S[i : i + 26] for i in torch.randint(0, 800, (12,))]); x = w[:, None, :20]
    loss = nn.functional.mse_loss(auto(x + .2 * torch.randn_like(x)), x) + nn.functional.mse_loss(auto(x), x) + nn.functional.mse_loss(far(w[:, :20]), w[:, 20:25]) + nn.functional.mse_loss(out(rnn(w[:, :-1, None])[0]), w[:, 1:, None])
    opt.zero_grad(); loss.backward(); opt.step()
