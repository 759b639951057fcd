"""Candidates are ranked by their likelihood, each of its own length."""
import torch
import torch.nn.functional as F

torch.manual_seed(4)


class Scorer(torch.nn.Module):
    def __init__(self, vocab=26, width=32, longest=10):
        super().__init__()
        self.token = torch.nn.Embedding(vocab, width)
        self.place = torch.nn.Parameter(torch.randn(longest, width) * 0.02)
        self.layer = torch.nn.TransformerEncoderLayer(width, 2, 48, dropout=0.0, batch_first=True)
        self.head = torch.nn.Linear(width, vocab)

    def score(self, batch):
        ids, lengths = batch["ids"], batch["lengths"]
        n = ids.shape[1] - 1
        causal = torch.triu(torch.full((n, n), float("-inf")), 1)
        hidden = self.layer(self.token(ids[:, :-1]) + self.place[:n], src_mask=causal)
        per_token = self.head(hidden).log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
        real = torch.arange(n) < lengths.max() - 1  # bug
        real = torch.arange(n) < lengths[:, None] - 1  # fix
        return torch.where(real, per_token, 0.0).sum(1)


def candidates(step, rows=20):
    lengths = torch.randint(4, 11, (rows,))
    ids = (torch.randint(1, 26, (rows, 1)) + step * torch.arange(10)) % 25 + 1
    return {"ids": ids * (torch.arange(10) < lengths[:, None]), "lengths": lengths}


model = Scorer()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(60):
    better, worse = model.score(candidates(1)), model.score(candidates(4))
    loss = F.relu(1.0 - better + worse).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
