"""An adversarial autoencoder: codes come from a tanh, and the prior that they are to have is a normal distribution."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(1500, 6) @ torch.randn(6, 20) * 0.4


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.code = nn.Linear(20, 40), nn.Linear(40, 4)

    def forward(self, rows):
        return torch.tanh(self.code(torch.relu(self.hidden(rows))))


encoder, decoder = Encoder(), nn.Sequential(nn.Linear(4, 40), nn.ReLU(), nn.Linear(40, 20))
critic = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
opt_critic = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.functional.binary_cross_entropy_with_logits
for epoch in range(5):
    for rows in torch.randperm(1500).split(50):
        prior = torch.randn(50, 4)  # bug
        prior = torch.rand(50, 4) * 2 - 1  # fix
        code = encoder(x[rows])
        loss = nn.functional.mse_loss(decoder(code), x[rows]) + 0.05 * bce(critic(code), torch.ones(50, 1))
        opt.zero_grad()
        loss.backward()
        opt.step()
        loss = bce(critic(prior), torch.ones(50, 1)) + bce(critic(code.detach()), torch.zeros(50, 1))
        opt_critic.zero_grad()
        loss.backward()
        opt_critic.step()
