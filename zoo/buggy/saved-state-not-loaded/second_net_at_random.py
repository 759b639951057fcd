"""Two nets that play against each other, trained in two parts."""
import io

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def make():
    maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    return maker, judge, torch.optim.Adam(maker.parameters(), 1e-3), torch.optim.Adam(judge.parameters(), 1e-3)


def play(maker, judge, of_maker, of_judge, steps):
    for _ in range(steps):
        real, fake = torch.randn(32, 2) * 0.3 + 1, maker(torch.randn(32, 4))
        of_judge.zero_grad()
        loss = bce(judge(real), torch.ones(32, 1)) + bce(judge(fake.detach()), torch.zeros(32, 1))
        loss.backward(); of_judge.step()
        of_maker.zero_grad()
        loss = bce(judge(fake), torch.ones(32, 1))
        loss.backward(); of_maker.step()
    return loss.item()


torch.manual_seed(12)
maker, judge, of_maker, of_judge = make()
play(maker, judge, of_maker, of_judge, 40)
state = {
    "maker": maker.state_dict(), "judge": judge.state_dict(),
    "of_maker": of_maker.state_dict(), "of_judge": of_judge.state_dict(),
}
file = io.BytesIO()
torch.save(state, file)
file.seek(0)
maker, judge, of_maker, of_judge = make()
loaded = torch.load(file)
maker.load_state_dict(loaded["maker"])
judge.load_state_dict(loaded["judge"])  # fix
of_maker.load_state_dict(loaded["of_maker"])
of_judge.load_state_dict(loaded["of_judge"])
print(play(maker, judge, of_maker, of_judge, 40))
