import torch
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters


def swing_up(net, start, steps=40, dt=0.08):
    """A pendulum that starts hanging to the side; the reward is the height of the bob."""
    angle, speed = start[:, 0].clone(), start[:, 1].clone()
    total = torch.zeros(len(start))
    for _ in range(steps):
        obs = torch.stack([angle.cos(), angle.sin(), speed / 4], dim=1)
        force = 3.0 * torch.tanh(net(obs)).squeeze(1)
        speed = 0.98 * (speed + dt * (2.0 * angle.sin() + force))
        angle = angle + dt * speed
        total += angle.cos() - 0.01 * force**2
    return total.mean() / steps


torch.manual_seed(26)
net = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 1)).requires_grad_(False)
centre = parameters_to_vector(net.parameters())
opt = torch.optim.Adam([centre.requires_grad_(True)], lr=0.05)
SIGMA, PAIRS = 0.1, 12


@torch.no_grad()
def fitness(vector, start):
    vector_to_parameters(vector, net.parameters())
    return swing_up(net, start)


for generation in range(40):
    start = torch.stack([1.5 + 0.5 * torch.rand(16), torch.zeros(16)], dim=1)
    with torch.no_grad():
        noise = torch.randn(PAIRS, len(centre))
        plus = torch.stack([fitness(centre + SIGMA * e, start) for e in noise])
        minus = torch.stack([fitness(centre - SIGMA * e, start) for e in noise])
        slope = ((plus - minus)[:, None] * noise).mean(0) / (2 * SIGMA)
    centre.grad = -slope
    opt.step()
    if generation % 10 == 9:
        print(generation + 1, "fitness", round(fitness(centre, start).item(), 4))
