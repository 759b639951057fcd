"""A factor that rises in a straight line and then decays by the root of all steps, not of those after the warm-up."""
import torch
from torch import nn
torch.manual_seed(1)
x = torch.randn(400, 9); y = x[:, :2].prod(1, keepdim=True) + 0.1 * torch.randn(400, 1)
net = nn.Sequential(nn.Linear(9, 48), nn.Tanh(), nn.Linear(48, 1)); optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3); WARM = 12
def factor(step):
    if step < WARM: return (step + 1) / WARM
    return 1 / (step + 1) ** 0.5  # bug
    return (WARM / (step + 1)) ** 0.5  # fix
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
for epoch in range(8):
    for some in torch.randperm(400).split(40):
        loss = (net(x[some]) - y[some]).square().mean(); optimizer.zero_grad(); loss.backward(); optimizer.step(); schedule.step()
    print(epoch, schedule.get_last_lr()[0], loss.item())
