import argparse

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--accumulate", type=int, default=4)
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--lr", type=float, default=3e-3)
args = parser.parse_args()
torch.manual_seed(0)

data = load_breast_cancer()
Xa, Xb, ya, yb = train_test_split(data.data, data.target, test_size=0.25, stratify=data.target, random_state=1)
mu, sd = Xa.mean(0), Xa.std(0)
train = TensorDataset(torch.tensor((Xa - mu) / sd).float(), torch.tensor(ya).float())
test_x, test_y = torch.tensor((Xb - mu) / sd).float(), torch.tensor(yb)
loader = DataLoader(train, batch_size=21, shuffle=True, drop_last=True)

net = nn.Sequential(nn.Linear(30, 32), nn.GELU(), nn.Dropout(0.1), nn.Linear(32, 1))
opt = torch.optim.AdamW(net.parameters(), lr=args.lr)
assert len(loader) % args.accumulate == 0

for epoch in range(args.epochs):
    net.train()
    mean_loss = 0.0
    for i, (x, t) in enumerate(loader):
        loss = F.binary_cross_entropy_with_logits(net(x).squeeze(1), t)
        (loss / args.accumulate).backward()
        mean_loss += loss.item() / len(loader)
        opt.step()  # bug
        if (i + 1) % args.accumulate == 0:
            opt.step()  # fix
            opt.zero_grad()
    if epoch % 3 == 2:
        print(f"epoch {epoch + 1:2d}  loss {mean_loss:.4f}")

net.eval()
with torch.no_grad():
    predicted = (net(test_x).squeeze(1) > 0).long()
print("accuracy", (predicted == test_y).float().mean().item())
