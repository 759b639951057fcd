import torch
from torch import nn
torch.manual_seed(0)
class AC(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 32), nn.Tanh()); self.pi = nn.Linear(32, 2); self.v = nn.Linear(32, 1)
    def forward(self, s):
        h = self.body(s)
        return torch.distributions.Categorical(logits=self.pi(h)), self.v(h).squeeze(-1)
ac = AC(); opt = torch.optim.Adam(ac.parameters(), 3e-4)
for it in range(4):
    S = torch.randn(128, 3)
    with torch.no_grad():
        d, v = ac(S); a = d.sample(); old = d.log_prob(a)
    R = torch.where(a == (S[:, 0] > 0).long(), 1.0, -1.0); adv = R - v
    for _ in range(4):
        for j in torch.randperm(128).split(32):
            d, v = ac(S[j])
            ratio = (d.log_prob(a[j]) - old[j]).exp()
            lp = -torch.min(ratio * adv[j], ratio.clamp(0.8, 1.2) * adv[j]).mean()
            loss = lp + 0.5 * (R[j] - v).pow(2).mean() - 0.01 * d.entropy().mean()
            opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(ac.parameters(), 0.5); opt.step()
