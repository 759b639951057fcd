"""A data set draws the noise of its pictures when it is made."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(3)
class Noisy(Dataset):
    def __init__(self, pictures):
        self.pictures = pictures
        self.noise = torch.randn(pictures.shape)  # bug
    def __len__(self): return len(self.pictures)
    def __getitem__(self, at):
        picture = self.pictures[at]
        return picture, self.noise[at]  # bug
        return picture, torch.randn(picture.shape)  # fix
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Linear(1, 16); self.one = nn.Conv2d(1, 16, 3, padding=1); self.two = nn.Conv2d(16, 1, 3, padding=1)
    def forward(self, x, t): return self.two(torch.relu(self.one(x) + self.time(t[:, None])[:, :, None, None]))
steps = 100; keep = torch.cumprod(1 - torch.linspace(1e-4, 0.05, steps), 0)
x = torch.rand(320, 1, 6, 6); x[:, :, 2:4] += 1
data = Noisy((x - x.mean()) / x.std())
net = Net(); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(5):
    for clean, noise in DataLoader(data, batch_size=40, shuffle=True):
        t = torch.randint(0, steps, (len(clean),)); a = keep[t].view(-1, 1, 1, 1)
        loss = nn.functional.mse_loss(net(a.sqrt() * clean + (1 - a).sqrt() * noise, t / steps), noise)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
