"""CTC over sequences of different lengths; the loss wants time first."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
LETTERS = 5                                 # 1..5; 0 is the blank
shapes = torch.randn(LETTERS + 1, 8)


def utterance():
    letters = torch.randint(1, LETTERS + 1, (int(torch.randint(2, 5, ())),))
    frames = [shapes[c].repeat(int(torch.randint(2, 5, ())), 1) for c in letters]
    gaps = [shapes[0].repeat(2, 1) for _ in letters]
    frames = torch.cat([f for pair in zip(frames, gaps) for f in pair])
    return frames + 0.2 * torch.randn_like(frames), letters


class Recogniser(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(8, 24, 3, padding=1)
        self.rnn = nn.GRU(24, 24, bidirectional=True)
        self.out = nn.Linear(48, LETTERS + 1)

    def forward(self, frames):              # time x batch x 8
        h = torch.relu(self.conv(frames.permute(1, 2, 0))).permute(2, 0, 1)
        h, _ = self.rnn(h)
        return self.out(h).log_softmax(-1)


model = Recogniser()
ctc = nn.CTCLoss(blank=0, zero_infinity=True)
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(30):
    items = [utterance() for _ in range(16)]
    frames = pad_sequence([f for f, _ in items])
    sizes = torch.tensor([len(f) for f, _ in items])
    letters = torch.cat([l for _, l in items])
    counts = torch.tensor([len(l) for _, l in items])
    loss = ctc(model(frames), letters, sizes, counts)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
