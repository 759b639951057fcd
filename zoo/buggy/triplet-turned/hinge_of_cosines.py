"""A triplet loss that is written for distances, of cosine similarities."""
import torch
from sklearn.datasets import load_digits
from torch import nn
torch.manual_seed(0)
x, y = (torch.as_tensor(part) for part in load_digits(return_X_y=True))
x = x.float() / 16
rows = [torch.where(y == digit)[0] for digit in range(10)]
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(net.parameters(), 1e-3)
def pick(digits):
    return x[torch.stack([rows[d][torch.randint(0, len(rows[d]), (1,))[0]] for d in digits.tolist()])]
for step in range(80):
    anchor = torch.randint(0, len(x), (64,))
    positives, negatives = pick(y[anchor]), pick((y[anchor] + torch.randint(1, 10, (64,))) % 10)
    e = net(x[anchor])
    sim_pos = nn.functional.cosine_similarity(e, net(positives))
    sim_neg = nn.functional.cosine_similarity(e, net(negatives))
    loss = torch.clamp(0.3 + sim_pos - sim_neg, min=0).mean()  # bug
    loss = torch.clamp(0.3 - sim_pos + sim_neg, min=0).mean()  # fix
    opt.zero_grad(); loss.backward(); opt.step()
