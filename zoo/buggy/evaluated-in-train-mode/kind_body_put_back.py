import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.4))
        self.head = nn.Linear(32, 3)
    def forward(self, x):
        return {"logits": self.head(self.body(x))}
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
X = torch.randn(300, 8); Y = X[:, :3].argmax(1)
for epoch in range(4):
    net.train()
    for i in range(0, 200, 40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(X[i:i+40])["logits"], Y[i:i+40]).backward()
        optimizer.step()
    net.eval()
    net.body.train()  # bug
    with torch.no_grad():
        for i in range(200, 300, 50):
            print((net(X[i:i+50])["logits"].argmax(1) == Y[i:i+50]).float().mean().item())
