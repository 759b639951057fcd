import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(29)
PAD, BOS, BASE = 0, 1, 2
SYMBOLS = 20
VOCAB = BASE + SYMBOLS + 1
SEP = VOCAB - 1


def copy_task(n):
    """A random word, a separator, the word backwards; only the second half is scored."""
    rows, targets = [], []
    for length in torch.randint(5, 8, (n,)).tolist():
        word = torch.randint(BASE, BASE + SYMBOLS, (length,))
        full = torch.cat([torch.tensor([BOS]), word, torch.tensor([SEP]), word.flip(0)])
        goal = full[1:].clone()
        goal[:length + 1] = -100
        rows.append(full[:-1])
        targets.append(goal)
    pad = nn.utils.rnn.pad_sequence
    return pad(rows, batch_first=True, padding_value=PAD), pad(targets, batch_first=True, padding_value=-100)


class LM(nn.Module):
    def __init__(self, dim=48, heads=4, depth=2, longest=20):
        super().__init__()
        self.tok, self.pos = nn.Embedding(VOCAB, dim), nn.Embedding(longest, dim)
        nn.init.normal_(self.tok.weight, std=dim**-0.5)
        layer = nn.TransformerEncoderLayer(dim, heads, 2 * dim, dropout=0.0, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, VOCAB, bias=False)
        self.head.weight = self.tok.weight

    def forward(self, ids):
        t = ids.size(1)
        causal = torch.full((t, t), float("-inf")).triu(1)
        padding = torch.zeros_like(ids, dtype=torch.float).masked_fill(ids == PAD, float("-inf"))
        h = self.tok(ids) + self.pos(torch.arange(t))
        return self.head(self.norm(self.body(h, mask=causal, src_key_padding_mask=padding)))


net = LM()
opt = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=0.01)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=4e-3, total_steps=400, pct_start=0.1)
net.train()
for step in range(400):
    ids, goal = copy_task(48)
    loss = F.cross_entropy(net(ids).reshape(-1, VOCAB), goal.reshape(-1), ignore_index=-100)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    sched.step()
    if step % 80 == 79:
        print(step + 1, round(loss.item(), 4))
net.eval()
with torch.no_grad():
    ids, goal = copy_task(300)
    scored = goal != -100
    print("symbols right", (net(ids).argmax(-1) == goal)[scored].float().mean().item())
