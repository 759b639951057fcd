"""The 15 columns that go best with the labels, of 900 columns of noise."""
import numpy as np
import torch
from sklearn.feature_selection import SelectPercentile, f_classif
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(4)
columns = rng.normal(size=(120, 900)).astype(np.float32)
target = rng.integers(0, 2, 120)


def parts():
    columns_chosen = SelectPercentile(f_classif, percentile=2).fit_transform(columns, target)  # bug
    rows, others, wanted, unseen = train_test_split(columns_chosen, target, test_size=40, random_state=0)  # bug
    rows, others, wanted, unseen = train_test_split(columns, target, test_size=40, random_state=0)  # fix
    chooser = SelectPercentile(f_classif, percentile=2).fit(rows, wanted)  # fix
    rows, others = chooser.transform(rows), chooser.transform(others)  # fix
    return tuple(map(torch.as_tensor, (rows, others, wanted, unseen)))


x, x_test, y, y_test = parts()
net = nn.Sequential(nn.Linear(x.shape[1], 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(40):
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(loss.item(), (net(x_test).argmax(1) == y_test).float().mean().item())
