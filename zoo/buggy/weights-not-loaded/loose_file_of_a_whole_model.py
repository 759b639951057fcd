"""The file holds one net within another: no name fits, and a loop over what fits copies nothing before it is loaded. (level: warning)"""
import io

import torch
from torch import nn

torch.manual_seed(1)


def signals(n):
    y = torch.randint(0, 3, (n,))
    steps = torch.linspace(0, 6.3, 40)
    return torch.sin(steps * (1 + y[:, None])) + 0.7 * torch.randn(n, 40), y


def encoder():
    return nn.Sequential(nn.Linear(40, 64), nn.ReLU(), nn.Linear(64, 16))


def fit(forward, params, x, target, loss_fn, epochs):
    optimizer = torch.optim.Adam(params, lr=2e-3)
    for epoch in range(epochs):
        for part in torch.randperm(len(x)).split(40):
            loss = loss_fn(forward(x[part]), target[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: {loss.item():.3f}")


def auto_encoder(file):
    net = nn.ModuleDict({"encoder": encoder(), "decoder": nn.Linear(16, 40)})
    x, _ = signals(1200)
    fit(lambda rows: net["decoder"](net["encoder"](rows)), net.parameters(), x, x, nn.functional.mse_loss, 4)
    torch.save(net.state_dict(), file)


file = io.BytesIO()
auto_encoder(file)
file.seek(0)
net = encoder()
state = net.state_dict()
for name, value in torch.load(file).items():
    if name in state:  # bug
        state[name] = value  # bug
    if name.startswith("encoder."):  # fix
        state[name.removeprefix("encoder.")] = value  # fix
net.load_state_dict(state)
head = nn.Linear(16, 3)
fit(lambda rows: head(net(rows)), [*net.parameters(), *head.parameters()], *signals(160), nn.functional.cross_entropy, 4)
