"""Preferences are learnt against a reference that is the policy itself."""

import torch
import torch.nn as nn
import copy
import torch.nn.functional as F

torch.manual_seed(0)


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(30, 32)
        self.r = nn.GRU(32, 48, batch_first=True)
        self.o = nn.Linear(48, 30)

    def forward(self, x):
        return self.o(self.r(self.e(x))[0])


def logp(net, seq):
    lp = F.log_softmax(net(seq[:, :-1]), -1)
    return lp.gather(-1, seq[:, 1:, None]).squeeze(-1).sum(1)


policy = LM()
ref = policy  # bug
ref = copy.deepcopy(policy)  # fix
ref.eval()
optimizer = torch.optim.Adam(policy.parameters(), 1e-3)
prompt = torch.randint(0, 30, (400, 4))
chosen = torch.cat([prompt, prompt.flip(1)], 1)
rejected = torch.cat([prompt, torch.randint(0, 30, (400, 4))], 1)
for epoch in range(4):
    for i in torch.randperm(400).split(20):
        c, r = logp(policy, chosen[i]), logp(policy, rejected[i])
        with torch.no_grad():
            rc, rr = logp(ref, chosen[i]), logp(ref, rejected[i])
        loss = -F.logsigmoid(0.1 * ((c - rc) - (r - rr))).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
