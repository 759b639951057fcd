import copy, torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset
torch.manual_seed(0)
data = TensorDataset(torch.randn(200, 6), torch.randint(0, 2, (200,)))
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
start = copy.deepcopy(net.state_dict())
for fold in range(4):
    net.apply(lambda m: m.reset_parameters() if hasattr(m, "reset_parameters") else None)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    held = list(range(fold * 50, fold * 50 + 50))
    rest = [i for i in range(200) if i not in held]
    for epoch in range(2):
        net.train()
        for x, y in DataLoader(Subset(data, rest), batch_size=25, shuffle=True):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
    net.eval()
    with torch.no_grad():
        print(sum((net(x).argmax(1) == y).sum().item() for x, y in DataLoader(Subset(data, held), batch_size=50)) / 50)
