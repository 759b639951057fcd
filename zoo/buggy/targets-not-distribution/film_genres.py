"""Several genres a film, and a loss for exactly one."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
plots = torch.randn(240, 20)
genres = (plots @ torch.randn(20, 6) > 2.0).float()
genres[genres.sum(1) == 0, 0] = 1.0
tagger = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 6))
optimizer = torch.optim.AdamW(tagger.parameters(), lr=3e-3)
criterion = nn.CrossEntropyLoss()  # bug
criterion = nn.MultiLabelSoftMarginLoss()  # fix
for epoch in range(3):
    for plot, genre in DataLoader(TensorDataset(plots, genres), batch_size=24, shuffle=True):
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(tagger(plot), genre)
        loss.backward()
        optimizer.step()
