"""Words of three to twelve signs, of which short ones stand in training and test data by chance."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Words(Dataset):
    def __init__(self, rows):
        self.words = [torch.randint(1, 21, (3 if torch.rand(()) < 0.25 else 12,)) for _ in range(rows)]
    def __len__(self):
        return len(self.words)
    def __getitem__(self, row):
        word = self.words[row]
        return word, int(word.max() == word[0])
def together(rows):
    words, labels = zip(*rows)
    return pad_sequence(words, batch_first=True), torch.tensor([len(word) for word in words]), torch.tensor(labels)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.signs, self.gru, self.out = nn.Embedding(21, 12, padding_idx=0), nn.GRU(12, 24, batch_first=True), nn.Linear(24, 2)
    def forward(self, words, lengths):
        h, _ = self.gru(self.signs(words))
        return self.out(h[torch.arange(len(h)), lengths - 1])
train, test = DataLoader(Words(2000), 50, shuffle=True, collate_fn=together), DataLoader(Words(500), 100, collate_fn=together)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(3):
    net.train()
    for words, lengths, y in train:
        loss = F.cross_entropy(net(words, lengths), y)
        opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad():
    print(sum((net(words, lengths).argmax(1) == y).sum().item() for words, lengths, y in test) / 500)
