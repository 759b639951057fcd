"""A tagger (N, classes, T) whose softmax runs along the steps; the cross-entropy is written out."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(31)
sound = torch.randn(320, 5, 20)
phase = (sound[:, 0].cumsum(1) > 0).long() + (sound[:, 1] > 1).long()
net = nn.Sequential(nn.Conv1d(5, 24, 5, padding=2), nn.ReLU(), nn.Conv1d(24, 3, 5, padding=2))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(320).split(40):
        logits = net(sound[rows])
        target = F.one_hot(phase[rows], 3).transpose(1, 2).float()
        log_probability = F.log_softmax(logits, dim=2)  # bug
        log_probability = F.log_softmax(logits, dim=1)  # fix
        loss = -(target * log_probability).sum() / target.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
