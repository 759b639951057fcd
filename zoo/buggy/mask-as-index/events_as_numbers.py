"""Survival: the events choose rows of the partial likelihood, as whole numbers."""
import torch
from torch import nn
torch.manual_seed(50)
n = 600; x = torch.randn(n, 6); time = torch.empty(n).exponential_() * torch.exp(-x[:, 0] + 0.5 * x[:, 1]); cens = torch.empty(n).exponential_() * 1.5
event = (time <= cens).long(); time = torch.minimum(time, cens)
def neg_partial_log_likelihood(log_hz, event, time):
    order = torch.argsort(time, descending=True)
    log_hz_sorted, event_sorted = log_hz[order], event[order]
    log_denominator = torch.logcumsumexp(log_hz_sorted, 0)
    pll = (log_hz_sorted - log_denominator)[event_sorted]  # bug
    pll = (log_hz_sorted - log_denominator)[event_sorted.bool()]  # fix
    return -pll.mean()
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, event, time), batch_size=60, shuffle=True)
for epoch in range(8):
    for xb, eb, tb in loader:
        loss = neg_partial_log_likelihood(net(xb).squeeze(-1), eb, tb)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
