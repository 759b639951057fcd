"""view with the wrong number of features; cross entropy refuses it."""
import torch
from torch import nn
torch.manual_seed(0)
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.fc = nn.Linear(64, 3)
    def forward(self, x):
        x = torch.relu(self.conv(x))
        x = nn.functional.avg_pool2d(x, 2)  # fix
        return self.fc(x.view(-1, 64))
net = CNN(); opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.rand(16, 1, 8, 8); y = torch.randint(0, 3, (16,))
for i in range(3):
    loss = nn.CrossEntropyLoss()(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
