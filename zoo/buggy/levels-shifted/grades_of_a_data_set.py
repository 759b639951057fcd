"""Grades A to F of essays, as numbers 0 to 5: one output for each grade that an essay may have reached."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

GRADES = 6


class Essays(Dataset):
    def __init__(self, seed, count=800):
        draw = np.random.default_rng(seed)
        self.features = draw.normal(size=(count, 10)).astype(np.float32)
        skill = self.features[:, :4].sum(1) + 0.5 * draw.normal(size=count)
        self.grades = np.clip(np.round(skill + 2.5), 0, GRADES - 1).astype(int)

    def __len__(self):
        return len(self.grades)

    def __getitem__(self, i):
        grade = self.grades[i]
        reached = [float(grade >= level) for level in range(GRADES - 1)]  # bug
        reached = [float(grade >= level + 1) for level in range(GRADES - 1)]  # fix
        return self.features[i], torch.tensor(reached)


def main():
    torch.manual_seed(0)
    loader = DataLoader(Essays(0), batch_size=40, shuffle=True)
    held_out = Essays(1, 300)
    net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, GRADES - 1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
    for _ in range(6):
        net.train()
        for features, reached in loader:
            optimizer.zero_grad()
            criterion(net(features), reached).backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            rank = (net(torch.from_numpy(held_out.features)) > 0).sum(1).numpy()
        print(np.abs(rank - held_out.grades).mean())


main()
