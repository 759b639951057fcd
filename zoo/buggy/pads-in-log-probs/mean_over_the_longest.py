"""Preferences: the likelihood of an answer is a mean over the padded length."""
import argparse, copy
import torch
from torch import nn
PAD = 0
class LM(nn.Module):
    def __init__(self, v, d):
        super().__init__()
        self.e = nn.Embedding(v, d); self.l = nn.LSTM(d, d, batch_first=True); self.o = nn.Linear(d, v)
    def forward(self, x):
        h, _ = self.l(self.e(x)); return self.o(h)
def get_log_prob(logits, labels):
    log_probs = torch.log_softmax(logits, dim=-1)
    picked = torch.gather(log_probs, -1, labels.unsqueeze(-1)).squeeze(-1)
    return picked.mean(-1)  # bug
    keep = (labels != PAD).float()  # fix
    return (picked * keep).sum(-1) / keep.sum(-1)  # fix
def batch(n, g):
    lengths = torch.randint(4, 13, (2, n), generator=g)
    start = torch.randint(1, 30, (n, 1), generator=g)
    ar = torch.arange(12)
    good = (start + ar) % 29 + 1
    bad = (start + 3 * ar) % 29 + 1
    good = good.masked_fill(ar >= lengths[0][:, None], PAD)
    bad = bad.masked_fill(ar >= lengths[1][:, None], PAD)
    return good, bad
def main():
    p = argparse.ArgumentParser(); p.add_argument("--steps", type=int, default=90); p.add_argument("--beta", type=float, default=0.5)
    a = p.parse_args()
    torch.manual_seed(1); g = torch.Generator().manual_seed(1)
    model = LM(31, 24); reference = copy.deepcopy(model)
    for q in reference.parameters(): q.requires_grad = False
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for it in range(a.steps):
        good, bad = batch(24, g)
        w = get_log_prob(model(good[:, :-1]), good[:, 1:]); l = get_log_prob(model(bad[:, :-1]), bad[:, 1:])
        with torch.no_grad():
            rw = get_log_prob(reference(good[:, :-1]), good[:, 1:]); rl = get_log_prob(reference(bad[:, :-1]), bad[:, 1:])
        loss = -nn.functional.logsigmoid(a.beta * (w - rw - l + rl)).mean()
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    print("loss", loss.item())
main()
