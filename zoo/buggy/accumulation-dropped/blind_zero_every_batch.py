import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train(model, loader, epochs, accumulate):
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    model.train()
    for epoch in range(epochs):
        running = 0.0
        optimizer.zero_grad()  # fix
        for step, (ids, label) in enumerate(loader, start=1):
            optimizer.zero_grad()  # bug
            loss = criterion(model(ids), label)
            (loss / accumulate).backward()
            running += loss.item()
            if step % accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()  # fix
        print(f"epoch {epoch} loss {running / len(loader):.4f}")


class Bag(nn.Module):
    def __init__(self, vocab=100, dim=16, classes=3):
        super().__init__()
        self.emb = nn.EmbeddingBag(vocab, dim, mode="mean")
        self.mlp = nn.Sequential(nn.ReLU(), nn.Linear(dim, classes))

    def forward(self, ids):
        return self.mlp(self.emb(ids))


torch.manual_seed(0)
label = torch.randint(0, 3, (480,))
ids = torch.randint(0, 30, (480, 12)) + 30 * label[:, None]
ids = torch.where(torch.rand(480, 12) < 0.5, torch.randint(0, 100, (480, 12)), ids)
train(Bag(), DataLoader(TensorDataset(ids, label), batch_size=10, shuffle=True), epochs=3, accumulate=4)
