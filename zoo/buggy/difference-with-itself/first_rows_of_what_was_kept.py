"""A head grows with each task; the rows that were there before are to stay near what they were."""
import torch
from torch import nn
torch.manual_seed(3)
body, head = nn.Linear(6, 16), nn.Linear(16, 2)
x = torch.randn(400, 6); y = (x[:, 0] > 0).long()
def fit(kept, classes):
    opt = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
    for step in range(60):
        rows = torch.randint(400, (40,))
        loss = nn.functional.cross_entropy(head(torch.relu(body(x[rows]))), classes[rows])
        if kept:
            for name, now in head.named_parameters():
                before = kept[name]; n = before.size(0)
                same = before[:n]  # bug
                same = now[:n]  # fix
                loss = loss + 5.0 * (same - before).pow(2).sum()
        opt.zero_grad(); loss.backward(); opt.step()
    return loss.item()
print(fit({}, y)); old = {name: value.detach().clone() for name, value in head.named_parameters()}
wider = nn.Linear(16, 3)
with torch.no_grad(): wider.weight[:2], wider.bias[:2] = head.weight, head.bias
head = wider
print(fit(old, y + (x[:, 1] > 0).long()))
