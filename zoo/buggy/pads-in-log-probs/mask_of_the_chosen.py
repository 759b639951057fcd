"""Preferences: the rejected answers are cut by the mask of the chosen ones."""
import copy
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
IGNORE = -100
class TinyLM(nn.Module):
    def __init__(self, vocab=40, d=32):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.rnn = nn.GRU(d, d, batch_first=True)
        self.head = nn.Linear(d, vocab)
    def forward(self, ids):
        return self.head(self.rnn(self.emb(ids))[0])
def make_batch(n=16, prompt=5, longest=10):
    p = torch.randint(2, 40, (n, prompt))
    def side(shift):
        ids = torch.zeros(n, prompt + longest, dtype=torch.long)
        lab = torch.full_like(ids, IGNORE)
        for i in range(n):
            k = int(torch.randint(3, longest + 1, (1,)))
            r = (p[i, :1] + shift + torch.arange(k)) % 38 + 2
            ids[i, :prompt] = p[i]; ids[i, prompt:prompt + k] = r
            lab[i, prompt:prompt + k] = r
        return ids, lab
    return side(0), side(17)
def logps(net, ids, labels, mask):
    logp = net(ids)[:, :-1].log_softmax(-1)
    labels = labels[:, 1:]
    tok = logp.gather(2, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return (tok * mask[:, 1:]).sum(-1)
policy = TinyLM(); ref = copy.deepcopy(policy).eval().requires_grad_(False)
opt = torch.optim.AdamW(policy.parameters(), lr=2e-3)
for step in range(80):
    (c_ids, c_lab), (r_ids, r_lab) = make_batch()
    c_mask, r_mask = c_lab != IGNORE, r_lab != IGNORE
    pc = logps(policy, c_ids, c_lab, c_mask)
    pr = logps(policy, r_ids, r_lab, c_mask)  # bug
    pr = logps(policy, r_ids, r_lab, r_mask)  # fix
    with torch.no_grad():
        rc = logps(ref, c_ids, c_lab, c_mask)
        rr = logps(ref, r_ids, r_lab, c_mask)  # bug
        rr = logps(ref, r_ids, r_lab, r_mask)  # fix
    loss = -F.logsigmoid(0.1 * ((pc - rc) - (pr - rr))).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
