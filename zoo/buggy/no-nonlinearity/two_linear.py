import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 64); self.fc2 = nn.Linear(64, 64); self.fc3 = nn.Linear(64, 3)
        self.drop = nn.Dropout(0.2)
    def forward(self, x):
        x = self.drop(self.fc1(x))  # bug
        x = self.drop(torch.relu(self.fc1(x)))  # fix
        x = torch.relu(self.fc2(x))
        return self.fc3(x)
net = Net(); opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(64, 10), torch.randint(0, 3, (64,))
for i in range(6):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
