import torch
from torch import nn

torch.manual_seed(30)


def cohort(n):
    x = torch.randn(n, 8)
    risk = 0.8 * x[:, 0] - 0.6 * x[:, 1] + 0.5 * x[:, 2] * x[:, 3]
    death = torch.distributions.Exponential(torch.exp(risk)).sample()
    lost = torch.distributions.Exponential(torch.full((n,), 0.4)).sample()
    return x, torch.minimum(death, lost), (death <= lost).float()


def cox_loss(score, time, event):
    """Negative log partial likelihood; the risk set of a patient is everyone in the batch who lasted as long."""
    order = time.argsort(descending=True)
    score, event = score[order], event[order]
    log_risk = torch.logcumsumexp(score, dim=0)
    return -((score - log_risk) * event).sum() / event.sum().clamp(min=1)


def concordance(score, time, event):
    earlier = (time[:, None] < time[None, :]) & event[:, None].bool()
    right = (score[:, None] > score[None, :]).float()
    return right[earlier].mean().item()


train, test = cohort(1500), cohort(500)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1, bias=False))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-2)
for epoch in range(8):
    net.train()
    total = 0.0
    for idx in torch.randperm(1500).split(100):
        x, t, e = (part[idx] for part in train)
        loss = cox_loss(net(x).squeeze(-1), t, e)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    net.eval()
    with torch.no_grad():
        c = concordance(net(test[0]).squeeze(-1), test[1], test[2])
    print(epoch, f"loss {total / 15:.4f} concordance {c:.3f}")
