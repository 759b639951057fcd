"""Leaves in folders; of one kind there is no picture among the later ones."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
KINDS = ("ash", "beech", "elm", "lime", "oak")
MIDDLES = torch.randn(5, 12) * 2
def collect(kinds, each):
    return {kind: MIDDLES[KINDS.index(kind)] + torch.randn(each, 12) for kind in kinds}
class Leaves(Dataset):
    def __init__(self, folders, classes=None):
        self.classes = list(classes or sorted(folders))
        self.rows = [(row, self.classes.index(kind)) for kind in sorted(folders) for row in folders[kind]]
    def __len__(self):
        return len(self.rows)
    def __getitem__(self, i):
        return self.rows[i]
early, late = collect(KINDS, 60), collect(("ash", "elm", "lime", "oak"), 20)
train_set = Leaves(early)
later_set = Leaves(late)  # bug
later_set = Leaves(late, train_set.classes)  # fix
train, later = DataLoader(train_set, 30, shuffle=True), DataLoader(later_set, 40)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 5))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    net.train()
    for x, y in train:
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad():
    right = sum((net(x).argmax(1) == y).sum().item() for x, y in later)
print(right / len(later_set))
