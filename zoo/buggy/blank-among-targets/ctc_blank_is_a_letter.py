"""The first letter has the number of the blank."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(20)
alphabet = "abcdefghij"
words = ["".join(alphabet[k] for k in torch.randint(0, 10, (4,))) for _ in range(160)]
index = {c: k for k, c in enumerate(alphabet)}  # bug
index = {c: k + 1 for k, c in enumerate(alphabet)}  # fix
targets = torch.tensor([[index[c] for c in w] for w in words])
images = torch.randn(160, 1, 12, 40)
class CRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.rnn = nn.LSTM(48, 24, batch_first=True)
        self.out = nn.Linear(24, 11)
    def forward(self, x):
        h = self.conv(x).permute(0, 3, 1, 2).flatten(2)
        return self.out(self.rnn(h)[0]).log_softmax(-1).transpose(0, 1)
net = CRNN(); opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(6):
    for i in torch.randperm(160).split(16):
        out = net(images[i])
        lengths = torch.full((len(i),), out.size(0)), torch.full((len(i),), 4)
        loss = F.ctc_loss(out, targets[i], *lengths)
        opt.zero_grad(); loss.backward(); opt.step()
