"""Speech of several lengths: ctc_loss is given the length of the longest for all."""

import torch
import torch.nn as nn

torch.manual_seed(0)
C = 8


class ASR(nn.Module):
    def __init__(self):
        super().__init__()
        self.r = nn.GRU(6, 32, batch_first=True, bidirectional=True)
        self.o = nn.Linear(64, C)

    def forward(self, x):
        return self.o(self.r(x)[0]).log_softmax(-1)


proto = torch.randn(C, 6)
L = torch.randint(2, 7, (300,))
T = 28
tg = torch.randint(1, C, (300, 6))
x = torch.zeros(300, T, 6)
for k in range(300):
    f = proto[tg[k, : L[k]]].repeat_interleave(4, 0)
    x[k, : len(f)] = f + 0.3 * torch.randn_like(f)
frames = L * 4
net = ASR()
optimizer = torch.optim.Adam(net.parameters(), 5e-3)
ctc = nn.CTCLoss(blank=0, zero_infinity=True)
for epoch in range(5):
    for i in torch.randperm(300).split(20):
        lp = net(x[i]).transpose(0, 1)
        lens = torch.full((len(i),), T)  # bug
        lens = frames[i]  # fix
        loss = ctc(lp, tg[i], lens, L[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
