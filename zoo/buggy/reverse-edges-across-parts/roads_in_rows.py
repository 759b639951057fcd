"""Roads lie in rows (E, 2), there and back; the parts are kept in a dictionary."""
import torch
from torch import nn
torch.manual_seed(0)
towns = 70; roads = torch.combinations(torch.arange(towns)); roads = roads[torch.randperm(len(roads))[:260]]
def part(rows):
    return torch.cat([rows, rows.flip(1)])  # fix
    return rows  # bug
everything = roads  # fix
everything = torch.cat([roads, roads.flip(1)])  # bug
everything = everything[torch.randperm(len(everything))]; cut = len(everything) * 4 // 5
edges = {"train": part(everything[:cut]), "valid": part(everything[cut:])}
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.at, self.mix = nn.Parameter(torch.randn(towns, 12)), nn.Linear(12, 12)
    def forward(self, known):
        sums = torch.zeros_like(self.at).index_add(0, known[:, 1], self.mix(self.at)[known[:, 0]]); return self.at + sums / 8
net = Net(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for step in range(30):
    h = net(edges["train"]); true = edges["train"]; false = torch.randint(0, towns, true.shape)
    scores = torch.cat([(h[each[:, 0]] * h[each[:, 1]]).sum(1) for each in (true, false)])
    labels = torch.cat([torch.ones(len(true)), torch.zeros(len(false))])
    loss = nn.functional.binary_cross_entropy_with_logits(scores, labels); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): h = net(edges["train"]); print((h[edges["valid"][:, 0]] * h[edges["valid"][:, 1]]).sum(1).mean())
