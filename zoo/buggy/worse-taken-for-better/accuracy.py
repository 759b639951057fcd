"""The best accuracy is replaced by those that are at most a tolerance worse."""
import copy, torch
from torch import nn
torch.manual_seed(2)
y = torch.randint(0, 3, (360,)); x = torch.randn(3, 8)[y] + 1.3 * torch.randn(360, 8)
net = nn.Sequential(nn.Linear(8, 40), nn.ReLU(), nn.Linear(40, 3)); opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
best_acc, tolerance, patience, stale, kept = 0.0, 0.005, 4, 0, None
for epoch in range(10):
    net.train()
    for rows in torch.randperm(280).split(28):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): acc = (net(x[280:]).argmax(1) == y[280:]).float().mean().item()
    if acc > best_acc - tolerance:  # bug
    if acc > best_acc + tolerance:  # fix
        best_acc = acc; stale = 0; kept = copy.deepcopy(net.state_dict())
    else:
        stale += 1
        if stale >= patience: break
net.load_state_dict(kept); print(best_acc)
