# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.LSTM(8, 16, bidirectional=True); head = nn.Linear(32, 6); opt = torch.optim.Adam([*net.parameters(), *head.parameters()], 1e-2); ctc = nn.CTCLoss(blank=0)
for k in range(12):
    x = torch.randn(20, 4, 8); y = torch.randint(1, 6, (4, 5))
    lp = head(net(x)[0]).log_softmax(2)
    loss = ctc(lp, y, torch.full((4,), 20), torch.full((4,), 5)); opt.zero_grad(); loss.backward(); opt.step()
