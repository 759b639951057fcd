"""Speech commands, small: gradients of six micro-batches are summed up, and a cosine is to end with the training."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
y = torch.randint(6, (1440,))
x = torch.randn(6, 1, 40)[y] + 0.8 * torch.randn(1440, 1, 40)
loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
epochs, micro = 4, 6
net = nn.Sequential(nn.Conv1d(1, 12, 5), nn.ReLU(), nn.Conv1d(12, 12, 5), nn.ReLU(), nn.Flatten(), nn.Linear(384, 6))
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
steps = epochs * len(loader)  # bug
steps = epochs * (len(loader) // micro)  # fix
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
for epoch in range(epochs):
    for at, (commands, words) in enumerate(loader, 1):
        loss = F.cross_entropy(net(commands), words)
        (loss / micro).backward()
        if at % micro == 0:
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
    print(epoch, loss.item(), scheduler.get_last_lr())
