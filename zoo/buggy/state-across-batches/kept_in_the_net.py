"""A net keeps the state of its GRU for the next batch, whose sequences are others: the loader shuffles."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self): super().__init__(); self.gru, self.out, self.state = nn.GRU(3, 24, batch_first=True), nn.Linear(24, 2), None
    def forward(self, x):
        if self.state is None or self.state.shape[1] != len(x): self.state = torch.zeros(1, len(x), 24)
        steps, state = self.gru(x, self.state)
        self.state = state.detach().clone()  # bug
        self.state = None  # fix
        return self.out(steps[:, -1])
x = torch.randn(640, 12, 3); y = (x[..., 0].sum(1) > 0).long()
net = Net(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for a, b in DataLoader(TensorDataset(x, y), 32, shuffle=True):
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
