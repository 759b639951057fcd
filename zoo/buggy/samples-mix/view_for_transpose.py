"""view in the place of a transpose between time and channels."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(16, 16)
        self.out = nn.Linear(16, 3)
    def forward(self, x):                      # (N, T, 16)
        n, t, c = x.shape
        h = torch.relu(self.lin(x))
        h = h.transpose(0, 1).contiguous().view(n, t, c)  # bug
        return self.out(h.mean(1))
model = Net(); opt = torch.optim.Adam(model.parameters())
for i in range(4):
    x = torch.randn(24, 7, 16); y = torch.randint(0, 3, (24,))
    loss = nn.CrossEntropyLoss()(model(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
