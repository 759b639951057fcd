import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16, padding_idx=0)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)
        self.out = nn.Linear(16, 2)
    def forward(self, t):
        pads = t == 0
        h = self.layer(self.embed(t), src_key_padding_mask=pads.float())  # bug
        h = self.layer(self.embed(t), src_key_padding_mask=pads)  # fix
        return self.out(h[:, 0])
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randint(1, 20, (256, 9))
lengths = torch.randint(3, 10, (256,))
x[torch.arange(9)[None] >= lengths[:, None]] = 0
y = (x[:, 0] > x[:, 1]).long()
for epoch in range(3):
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
