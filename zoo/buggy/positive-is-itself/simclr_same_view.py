"""A loss of two views that takes the similarities of each view with itself for those of both."""
import torch
from torch import nn
import torch.nn.functional as F

class SimCLRLoss(nn.Module):
    def __init__(self, temperature=0.1): super().__init__(); self.tau = temperature
    def forward(self, outputs):
        q_a, q_b = F.normalize(outputs["aug1_embed"], dim=-1), F.normalize(outputs["aug2_embed"], dim=-1)
        n = q_a.size(0); labels = torch.arange(n); masks = F.one_hot(labels, n) * 1e9
        logits_aa = q_a @ q_a.t() / self.tau - masks
        logits_bb = q_b @ q_b.t() / self.tau - masks
        logits_ab = q_a @ q_a.t() / self.tau  # bug
        logits_ba = q_b @ q_b.t() / self.tau  # bug
        logits_ab = q_a @ q_b.t() / self.tau  # fix
        logits_ba = q_b @ q_a.t() / self.tau  # fix
        return (F.cross_entropy(torch.cat([logits_ab, logits_aa], 1), labels) + F.cross_entropy(torch.cat([logits_ba, logits_bb], 1), labels)) / 2

torch.manual_seed(0)
y = torch.randint(0, 6, (480,)); x = torch.randn(6, 24)[y] + 0.7 * torch.randn(480, 24)
encoder = nn.Sequential(nn.Linear(24, 64), nn.ReLU(), nn.Linear(64, 16)); opt = torch.optim.AdamW(encoder.parameters(), 1e-3); loss_fn = SimCLRLoss()
aug = lambda v: v * (torch.rand_like(v) > 0.2) + 0.2 * torch.randn_like(v)
for epoch in range(8):
    for b in torch.randperm(480).split(48):
        loss = loss_fn({"aug1_embed": encoder(aug(x[b])), "aug2_embed": encoder(aug(x[b]))})
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
