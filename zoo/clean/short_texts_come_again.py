"""Words of two letters and more, padded: short ones are among the training words by chance."""
import torch
from torch import nn
torch.manual_seed(0)
def words(n):
    x = torch.randint(1, 20, (n, 10)); length = torch.randint(2, 9, (n, 1)); x[torch.arange(10) >= length] = 0
    return x, (x.sum(1) / length.squeeze(1) > 10).long()
x, y = words(1000); held_x, held_y = words(250)
net = nn.Sequential(nn.EmbeddingBag(20, 16, padding_idx=0), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(5):
    net.train()
    for rows in torch.randperm(1000).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, (net(held_x).argmax(1) == held_y).float().mean().item())
