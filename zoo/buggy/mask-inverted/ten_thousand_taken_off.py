"""A number is added to the scores where the attention mask is 1, in a net of plain tensors."""
import torch
import torch.nn.functional as F
torch.manual_seed(1)
def attend(q, k, v, bias):
    s = torch.einsum("bqd,bkd->bqk", q, k) * q.shape[-1] ** -0.5
    p = F.softmax(s + bias, dim=-1)
    return torch.einsum("bqk,bkd->bqd", p, v)
V, D, L = 30, 24, 12
table = torch.nn.Parameter(torch.randn(V, D) * 0.3)
wq, wk, wv = (torch.nn.Parameter(torch.randn(D, D) / D**0.5) for _ in range(3))
out = torch.nn.Parameter(torch.randn(D, 2) / D**0.5)
opt = torch.optim.AdamW([table, wq, wk, wv, out], lr=3e-3)
def predict(tokens, attention_mask):
    x = F.embedding(tokens, table)
    bias = attention_mask.float()[:, None, :] * -10000.0  # bug
    bias = (1.0 - attention_mask.float()[:, None, :]) * -10000.0  # fix
    h = x + attend(x @ wq, x @ wk, x @ wv, bias)
    return h[:, 0] @ out
for step in range(80):
    n = torch.randint(3, L, (32,))
    tokens = torch.randint(1, V, (32, L))
    attention_mask = (torch.arange(L)[None] < n[:, None]).long()
    tokens = torch.where(attention_mask.bool(), tokens, 0)
    target = ((tokens == 5) | (tokens == 9)).any(1).long()
    loss = F.cross_entropy(predict(tokens, attention_mask), target)
    opt.zero_grad(); loss.backward(); opt.step()
