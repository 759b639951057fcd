"""Attention within groups, CTC's best path, twin critics and a resumed training, each in a right way that looks unusual."""

import tempfile
from pathlib import Path

import torch
from torch import nn

torch.manual_seed(0)
BLANK = 0


def best_path(path):
    """Blanks are remembered too, so that a symbol after one is new."""
    text, last = [], BLANK
    for symbol in path:
        if symbol != BLANK and symbol != last:
            text.append(symbol)
        last = symbol
    return text


def without_blanks(path):
    merged = torch.unique_consecutive(torch.tensor(path))
    return merged[merged != BLANK].tolist()


def read_words():
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 6))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _step in range(80):
        words = torch.randint(1, 6, (24, 4))
        shown = nn.functional.one_hot(words, 6).float()[:, :, None].expand(-1, -1, 3, -1).clone()
        shown[:, :, 2] = 0
        out = net(shown.flatten(1, 2) + 0.2 * torch.randn(24, 12, 6)).log_softmax(-1)
        loss = nn.functional.ctc_loss(out.transpose(0, 1), words, torch.full((24,), 12), torch.full((24,), 4))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    paths = out.argmax(2).tolist()
    assert [best_path(path) for path in paths] == [without_blanks(path) for path in paths]
    print("words", round(loss.item(), 3))


def soft_critics():
    """The target leans to the smaller of both critics, three parts to one."""
    q1, q2 = nn.Linear(3, 1), nn.Linear(3, 1)
    optimiser = torch.optim.Adam([*q1.parameters(), *q2.parameters()], lr=1e-2)
    gamma = 0.9
    for _step in range(60):
        x = torch.randn(64, 3)
        reward = x.sum(1, keepdim=True) + 0.1 * torch.randn(64, 1)
        with torch.no_grad():
            following = torch.randn(64, 3)
            low, high = torch.min(q1(following), q2(following)), torch.max(q1(following), q2(following))
            target = reward + gamma * (0.75 * low + 0.25 * high)
        loss = nn.functional.mse_loss(q1(x), target) + nn.functional.mse_loss(q2(x), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print("critics", round(loss.item(), 3))


def bags_one_by_one():
    """One bag of instances at a time: its weights sum to 1 over all of them."""
    score, head = nn.Linear(4, 1), nn.Linear(4, 1)
    optimiser = torch.optim.Adam([*score.parameters(), *head.parameters()], lr=1e-2)
    for _step in range(60):
        losses = []
        for _bag in range(8):
            x = torch.randn(int(torch.randint(3, 9, ())), 4)
            weights = score(x).softmax(dim=0)
            losses.append((head((weights * x).sum(0)) - x[:, 0].max()) ** 2)
        loss = torch.stack(losses).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print("bags", round(loss.item(), 3))


def resumed():
    place = Path(tempfile.mkdtemp()) / "last.pt"
    x_held_out = torch.randn(200, 3)
    for epochs in (2, 4):
        net = nn.Linear(3, 1)
        optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
        first, best_loss = 0, float("inf")
        if place.exists():
            state = torch.load(place)
            net.load_state_dict(state["net"])
            optimiser.load_state_dict(state["optimiser"])
            first = state["epoch"] + 1
            best_loss = state["best_loss"]
        for epoch in range(first, epochs):
            for _step in range(30):
                x = torch.randn(32, 3)
                loss = nn.functional.mse_loss(net(x).squeeze(1), x.sum(1))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            with torch.no_grad():
                valid = nn.functional.mse_loss(net(x_held_out).squeeze(1), x_held_out.sum(1)).item()
            if valid < best_loss:
                best_loss = valid
                torch.save(net.state_dict(), place.with_name("best.pt"))
            kept = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "epoch": epoch}
            torch.save({**kept, "best_loss": best_loss}, place)
    print("resumed", round(valid, 3))


read_words()
soft_critics()
bags_one_by_one()
resumed()
