"""Correct: the share of padding is shown, a loss is weighed by what is no padding, labels come from the same batches."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
PAD = 0
lengths = torch.randint(3, 10, (400, 1))
words = torch.randint(1, 40, (400, 10)).masked_fill(torch.arange(10) >= lengths, PAD)
y_all = (words % 5).sum(1) % 3
loader = DataLoader(TensorDataset(words, y_all), batch_size=40, shuffle=True)
embed, head = nn.Embedding(40, 16, padding_idx=PAD), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*embed.parameters(), *head.parameters()], lr=5e-3)
for epoch in range(5):
    predicted, truth, padded = [], [], 0.0
    for x, y in loader:
        mask = x == PAD
        padded += mask.float().mean().item()
        weight = ~mask
        logits = head(embed(x) * weight.unsqueeze(-1))
        losses = nn.functional.cross_entropy(logits.transpose(1, 2), y[:, None].expand(-1, 10), reduction="none")
        loss = (losses * weight).sum() / weight.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        predicted.append(logits.detach().sum(1).argmax(1))
        truth.append(y)
    right = (torch.cat(predicted) == torch.cat(truth)).float().mean()
    print(f"epoch {epoch}: {right:.3f} right, {padded / len(loader):.2f} padding, {len(y_all)} rows")
