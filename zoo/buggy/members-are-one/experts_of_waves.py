"""Four nets that learn a wave are to say by their spread where they know little."""
import torch
from torch import nn
torch.manual_seed(0)
x = 6 * torch.rand(300, 1); y = torch.sin(x) + 0.2 * torch.randn(300, 1)
def member(seed):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(1, 40), nn.Tanh(), nn.Linear(40, 1))
    opt = torch.optim.Adam(net.parameters(), 1e-2)
    for step in range(60):
        rows = torch.randint(0, 300, (50,))
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    return net
def main(count=4):
    nets = [member(3) for k in range(count)]  # bug
    nets = [member(k) for k in range(count)]  # fix
    far = torch.linspace(-3, 9, 50)[:, None]
    with torch.no_grad(): answers = torch.stack([net(far) for net in nets])
    print(answers.std(0).mean().item())
    return nets
committee = main()
