import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def model(width):
    return nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.GELU(), nn.Dropout(0.1), nn.Linear(width, 10))


def fit(net, loader, epochs, accelerator, loss_of):
    opt = torch.optim.AdamW(net.parameters(), lr=4e-3)
    net, opt, loader = accelerator.prepare(net, opt, loader)
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for x, y in loader:
            with accelerator.accumulate(net):
                loss = loss_of(net(x), x, y)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(net.parameters(), 1.0)
                opt.step()
                opt.zero_grad()
            total += loss.item()
        accelerator.print(f"epoch {epoch} loss {total / len(loader):.4f}")
    return accelerator.unwrap_model(net).eval()


def main():
    torch.manual_seed(13)
    d = load_digits()
    xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 8 - 1).float(), torch.tensor(d.target), test_size=0.25, random_state=13)
    loader = DataLoader(TensorDataset(xa, ya), batch_size=28, shuffle=True, drop_last=True)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=4)
    teacher = fit(model(128), loader, 6, accelerator, lambda z, x, y: F.cross_entropy(z, y))
    teacher.requires_grad_(False)

    def distil(z, x, y, t=2.0):
        goal = F.log_softmax(teacher(x) / t, dim=1)
        soft = F.kl_div(F.log_softmax(z / t, dim=1), goal, reduction="batchmean", log_target=True) * t * t
        return 0.8 * soft + 0.2 * F.cross_entropy(z, y)

    student = fit(model(16), loader, 8, accelerator, distil)
    with torch.no_grad():
        for name, net in (("teacher", teacher), ("student", student)):
            print(name, (net(xb).argmax(1) == yb).float().mean().item())


if __name__ == "__main__":
    main()
