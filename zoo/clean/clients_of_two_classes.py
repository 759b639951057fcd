# Federated averaging: each client has rows of two of five classes, and starts from the server's weights.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 5))
centres = 2 * torch.randn(5, 8)


def rows_of(classes, count=120):
    y = torch.tensor(classes)[torch.randint(0, len(classes), (count,))]
    return centres[y] + torch.randn(count, 8), y


clients = [rows_of([first, (first + step) % 5]) for first in range(5) for step in (1, 2)]
test_x, test_y = rows_of(list(range(5)), 400)


def train_client(x, y, weights):
    net.load_state_dict(weights)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for batch in torch.randperm(len(x)).split(30):
        loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {name: value.clone() for name, value in net.state_dict().items()}


server = {name: value.clone() for name, value in net.state_dict().items()}
for round in range(8):
    chosen = torch.randperm(len(clients))[:5].tolist()
    states = [train_client(*clients[client], server) for client in chosen]
    server = {name: sum(state[name] for state in states) / len(states) for name in server}
    net.load_state_dict(server)
    net.eval()
    with torch.no_grad():
        accuracy = (net(test_x).argmax(1) == test_y).float().mean().item()
    net.train()
    print(round, accuracy)
