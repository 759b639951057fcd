"""The discriminator's labels of generated points are those of real ones."""
import torch
import torch.nn as nn

torch.manual_seed(23)
generator = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 2))
judge = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.1), nn.Linear(24, 1), nn.Sigmoid())
to_generate = torch.optim.Adam(generator.parameters(), lr=2e-3)
to_judge = torch.optim.Adam(judge.parameters(), lr=2e-3)
criterion = nn.BCELoss()
for step in range(60):
    real = 0.3 * torch.randn(64, 2) + torch.tensor([2.0, -1.0])
    made = generator(torch.randn(64, 3))
    yes, no = torch.ones(64, 1), torch.zeros(64, 1)
    to_judge.zero_grad()
    on_made = criterion(judge(made.detach()), yes)  # bug
    on_made = criterion(judge(made.detach()), no)  # fix
    (criterion(judge(real), yes) + on_made).backward()
    to_judge.step()
    to_generate.zero_grad()
    criterion(judge(made), yes).backward()
    to_generate.step()
print(made.mean(0).tolist())
