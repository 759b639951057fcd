"""The biases of people and films are columns, and the product of their factors is not: the ratings are (N, N)."""
import torch
from torch import nn
torch.manual_seed(0)
class Factors(nn.Module):
    def __init__(self):
        super().__init__(); self.person, self.film = nn.Embedding(60, 8), nn.Embedding(40, 8); self.of_person, self.of_film = nn.Embedding(60, 1), nn.Embedding(40, 1)
    def forward(self, person, film):
        liked = (self.person(person) * self.film(film)).sum(1)
        return liked + self.of_person(person) + self.of_film(film)  # bug
        return liked + self.of_person(person).squeeze(1) + self.of_film(film).squeeze(1)  # fix
net = Factors(); optimizer = torch.optim.Adam(net.parameters(), 1e-2); loss_fn = nn.MSELoss()
people, films = torch.randint(0, 60, (2000,)), torch.randint(0, 40, (2000,)); stars = ((people + films) % 5 + 1).float()
for epoch in range(3):
    for rows in torch.randperm(2000).split(50):
        loss = loss_fn(net(people[rows], films[rows]), stars[rows])
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(epoch, loss.item())
