import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

WEIGHTS = torch.tensor([1.0, 0.1])


class Autoencoder(nn.Module):
    def __init__(self, d=20, z=4):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(d, 32), nn.ELU(), nn.Linear(32, z))
        self.dec = nn.Sequential(nn.Linear(z, 32), nn.ELU(), nn.Linear(32, d))

    def forward(self, x):
        z = self.enc(x)
        return self.dec(z), z


class Criterion(nn.Module):
    def forward(self, output, x):
        recon, z = output
        parts = [nn.functional.mse_loss(recon, x), z.pow(2).mean()]
        terms = torch.tensor(parts, requires_grad=True)  # bug
        terms = torch.stack(parts)  # fix
        return (WEIGHTS * terms).sum()


def latent_factors(n, d=20, k=4):
    mixing = torch.randn(k, d)
    x = torch.tanh(torch.randn(n, k) @ mixing) + 0.1 * torch.randn(n, d)
    return (x - x[:1000].mean(0)) / x[:1000].std(0)


def main():
    torch.manual_seed(59)
    data = latent_factors(1300)
    train, test = data[:1000], data[1000:]
    model, criterion = Autoencoder(), Criterion()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(10):
        model.train()
        epoch_loss = 0.0
        for (x,) in DataLoader(TensorDataset(train), batch_size=50, shuffle=True):
            opt.zero_grad()
            loss = criterion(model(x), x)
            loss.backward()
            opt.step()
            epoch_loss += loss.item()
        print(f"epoch {epoch} loss {epoch_loss / 20:.4f}")
    model.eval()
    with torch.no_grad():
        print("test", criterion(model(test), test).item())


main()
