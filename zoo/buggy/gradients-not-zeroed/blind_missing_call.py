import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F


def get_data(n):
    g = torch.Generator().manual_seed(11)
    x = torch.randn(n, 12, generator=g)
    y = (x[:, :4].sum(1) > x[:, 4:8].sum(1)).long()
    return x, y


def train(args):
    torch.manual_seed(args.seed)
    x, y = get_data(args.rows)
    model = nn.Sequential(nn.Linear(12, args.hidden), nn.GELU(), nn.Linear(args.hidden, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=1e-3)
    for epoch in range(args.epochs):
        order = torch.randperm(len(x))
        total, right = 0.0, 0
        for part in order.split(args.batch_size):
            optimizer.zero_grad  # bug
            optimizer.zero_grad()  # fix
            logits = model(x[part])
            loss = F.cross_entropy(logits, y[part])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
            right += (logits.argmax(1) == y[part]).sum().item()
        print(f"epoch {epoch:2d} loss {total / len(x):.4f} acc {right / len(x):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=24)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--batch-size", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args([]))
