"""Correct: ctc with lengths."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(64)
rnn, fc = (nn.LSTM(8, 24, batch_first=True), nn.Linear(24, 6))
opt = torch.optim.Adam([*rnn.parameters(), *fc.parameters()], lr=0.002)
x = torch.randn(120, 20, 8)
t = torch.randint(1, 6, (120, 4))
tl = torch.randint(1, 5, (120,))
il = torch.randint(12, 21, (120,))
for epoch in range(5):
    for i in torch.randperm(120).split(12):
        out = fc(rnn(x[i])[0]).log_softmax(2).transpose(0, 1)
        loss = F.ctc_loss(out, t[i], il[i], tl[i], zero_infinity=True)
        opt.zero_grad()
        loss.backward()
        opt.step()
