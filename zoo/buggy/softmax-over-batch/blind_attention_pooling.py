"""A bag of patches for each slide: attention weighs the patches before the mean."""
import torch
from torch import nn


class AttentionMIL(nn.Module):
    def __init__(self, n_in=12, dim=24):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(n_in, dim), nn.ReLU())
        self.attend = nn.Sequential(nn.Linear(dim, 12), nn.Tanh(), nn.Linear(12, 1))
        self.softmax = nn.Softmax(dim=0)  # bug
        self.softmax = nn.Softmax(dim=1)  # fix
        self.classify = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, bags):                       # slides x patches x features
        h = self.encode(bags)
        weights = self.softmax(self.attend(h).squeeze(-1))
        slide = torch.bmm(weights.unsqueeze(1), h).squeeze(1)
        return self.classify(slide).squeeze(-1)


def make_bags(n):
    ill = torch.randint(0, 2, (n,)).float()
    bags = torch.randn(n, 9, 12) * 0.7
    bags[:, 0, :3] += 2.0 * ill[:, None]
    return bags, ill


torch.manual_seed(0)
model = AttentionMIL()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.BCEWithLogitsLoss()
for step in range(60):
    bags, ill = make_bags(32)
    loss = criterion(model(bags), ill)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
