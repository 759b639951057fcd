import numpy as np
import torch
from sklearn.datasets import make_multilabel_classification
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "none": nn.Identity}


def mlp(sizes, hidden="relu", output="sigmoid"):  # bug
def mlp(sizes, hidden="relu", output="none"):  # fix
    layers = []
    for k, (a, b) in enumerate(zip(sizes, sizes[1:])):
        last = k == len(sizes) - 2
        layers += [nn.Linear(a, b), ACTIVATIONS[output if last else hidden]()]
    return nn.Sequential(*layers)


class Tags:
    def __init__(self, seed):
        X, Y = make_multilabel_classification(1400, 24, n_classes=6, n_labels=2, random_state=seed)
        Xa, Xb, self.ya, self.yb = train_test_split(X, Y, test_size=0.25, random_state=seed)
        m, s = Xa.mean(0), Xa.std(0)
        self.xa, self.xb = (Xa - m) / s, (Xb - m) / s
        self.weight = (len(self.ya) - self.ya.sum(0)) / self.ya.sum(0)

    def loader(self, batch_size):
        ds = TensorDataset(torch.tensor(self.xa).float(), torch.tensor(self.ya).float())
        return DataLoader(ds, batch_size=batch_size, shuffle=True)


torch.manual_seed(89)
tags = Tags(89)
model = mlp([24, 48, 6])
criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(tags.weight).float().clamp(max=3))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
cut = 0.5 if isinstance(model[-1], nn.Sigmoid) else 0.0
for epoch in range(8):
    model.train()
    losses = []
    for x, y in tags.loader(50):
        opt.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1} loss {np.mean(losses):.4f}")
model.eval()
with torch.no_grad():
    guess = (model(torch.tensor(tags.xb).float()) > cut).int().numpy()
print("micro F1", round(f1_score(tags.yb, guess, average="micro"), 3))
