"""A table of prices: the rate falls on a straight line that a function of the step number draws."""
import torch
from torch import nn

GROUP, EPOCHS, ROWS, BATCH = 3, 9, 960, 16
total_steps = EPOCHS * ROWS // BATCH  # bug
total_steps = EPOCHS * ROWS // BATCH // GROUP  # fix


def share(step):
    return max(0.0, 1 - step / total_steps)


def main():
    torch.manual_seed(9)
    x = torch.randn(ROWS, 9)
    price = x[:, :3].prod(1) + x[:, 4].abs() + 0.1 * torch.randn(ROWS)
    net = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    seen = 0
    for epoch in range(EPOCHS):
        for rows in torch.randperm(ROWS).split(BATCH):
            loss = (net(x[rows]).squeeze(1) - price[rows]).square().mean() / GROUP
            loss.backward()
            seen += 1
            if seen % GROUP == 0:
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
        print(epoch, loss.item() * GROUP, optimizer.param_groups[0]["lr"])


main()
