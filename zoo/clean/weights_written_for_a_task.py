"""The main net owns no weights: a hypernetwork writes them from a learned task vector."""
import torch
import torch.nn as nn
import torch.nn.functional as F

HIDDEN = 12


class HyperNet(nn.Module):
    def __init__(self, tasks, code=6):
        super().__init__()
        self.code = nn.Embedding(tasks, code)
        self.shapes = [(HIDDEN, 1), (HIDDEN,), (1, HIDDEN), (1,)]
        sizes = [torch.Size(s).numel() for s in self.shapes]
        self.sizes = sizes
        self.write = nn.Sequential(nn.Linear(code, 64), nn.ReLU(), nn.Linear(64, sum(sizes)))

    def forward(self, task):
        flat = self.write(self.code(task))
        return [p.view(s) for p, s in zip(flat.split(self.sizes), self.shapes)]


def main_net(weights, x):
    w1, b1, w2, b2 = weights
    return F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2)


def make_task(k, gen):
    x = 4 * torch.rand(120, 1, generator=gen) - 2
    y = torch.sin((1 + 0.4 * k) * x + 0.5 * k) + 0.2 * k - 0.5
    y = y + 0.05 * torch.randn(120, 1, generator=gen)
    return (x[:80], y[:80]), (x[80:], y[80:])


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    gen = torch.Generator().manual_seed(0)
    tasks = [make_task(k, gen) for k in range(6)]
    hyper = HyperNet(len(tasks))
    opt = torch.optim.Adam(hyper.parameters(), lr=4e-3)
    for step in range(1, 301):
        hyper.train()
        losses = []
        for k, ((x, y), _) in enumerate(tasks):
            pick = torch.randperm(len(x))[:32]
            losses.append(F.mse_loss(main_net(hyper(torch.tensor(k)), x[pick]), y[pick]))
        loss = torch.stack(losses).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 75 == 0:
            hyper.eval()
            with torch.no_grad():
                val = [F.mse_loss(main_net(hyper(torch.tensor(k)), x), y).item() for k, (_, (x, y)) in enumerate(tasks)]
            print(f"step {step} loss {loss.item():.4f} unseen points {sum(val) / len(val):.4f}")


if __name__ == "__main__":
    main()
