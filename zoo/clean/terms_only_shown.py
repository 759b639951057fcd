"""Terms that are shown under no_grad, a term with a step of its own, and one in a dictionary of losses."""
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Sequential(nn.Linear(10, 32), nn.ReLU()), nn.Linear(32, 2)
decoder = nn.Linear(32, 10)
opt = torch.optim.Adam([*body.parameters(), *head.parameters()], 1e-3)
decoder_opt = torch.optim.Adam(decoder.parameters(), 1e-3)
x = torch.randn(600, 10)
y = (x[:, 0] + x[:, 1] > 0).long()
for epoch in range(5):
    for rows in torch.randperm(600).split(60):
        h = body(x[rows])
        losses = {"ce": nn.functional.cross_entropy(head(h), y[rows])}
        loss_reg = 1e-4 * sum(p.pow(2).sum() for p in head.parameters())
        losses["reg"] = loss_reg
        loss = sum(losses.values())
        opt.zero_grad()
        loss.backward()
        opt.step()
        recon_loss = (decoder(h.detach()) - x[rows]).pow(2).mean()
        decoder_opt.zero_grad()
        recon_loss.backward()
        decoder_opt.step()
        with torch.no_grad():
            entropy_loss = -(head(h).softmax(1) * head(h).log_softmax(1)).sum(1).mean()
    print(epoch, loss.item(), entropy_loss.item())
