import torch
from torch import nn
torch.manual_seed(0)
net = nn.GRU(5, 32)
head = nn.Linear(32, 6)
opt = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=1e-2)
ctc = nn.CTCLoss(zero_infinity=True)
for step in range(30):
    x = torch.randn(20, 8, 5)
    y = torch.randint(1, 6, (8, 4))
    out = head(net(x)[0])
    logp = out  # bug
    logp = out.log_softmax(-1)  # fix
    loss = ctc(logp, y, torch.full((8,), 20), torch.full((8,), 4))
    opt.zero_grad()
    loss.backward()
    opt.step()
