"""Preferences: the log-probabilities that are summed are those of the places to be ignored."""

import torch
import torch.nn as nn
import copy
import torch.nn.functional as F

torch.manual_seed(0)
IGNORE = -100


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(30, 32)
        self.r = nn.GRU(32, 48, batch_first=True)
        self.o = nn.Linear(48, 30)

    def forward(self, x):
        return self.o(self.r(self.e(x))[0])


def logp(net, ids, labels):
    lp = F.log_softmax(net(ids[:, :-1]), -1)
    lab = labels[:, 1:]
    mask = lab == IGNORE  # bug
    mask = lab != IGNORE  # fix
    tok = lp.gather(-1, lab.masked_fill(lab == IGNORE, 0).unsqueeze(-1)).squeeze(-1)
    return (tok * mask).sum(1)


policy = LM()
ref = copy.deepcopy(policy).eval()
optimizer = torch.optim.Adam(policy.parameters(), 1e-3)
prompt = torch.randint(0, 30, (400, 4))
chosen = torch.cat([prompt, prompt.flip(1)], 1)
rejected = torch.cat([prompt, torch.randint(0, 30, (400, 4))], 1)
lc, lr = chosen.clone(), rejected.clone()
lc[:, :4] = IGNORE
lr[:, :4] = IGNORE
for epoch in range(4):
    for i in torch.randperm(400).split(20):
        c, r = logp(policy, chosen[i], lc[i]), logp(policy, rejected[i], lr[i])
        with torch.no_grad():
            rc, rr = logp(ref, chosen[i], lc[i]), logp(ref, rejected[i], lr[i])
        loss = -F.logsigmoid(0.1 * ((c - rc) - (r - rr))).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
