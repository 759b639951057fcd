"""Topics of abstracts by counts of words: a net that gives its own loss, and scikit-learn that scores what is cut."""
import numpy as np
import torch
from sklearn.metrics import precision_score, recall_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Topics(nn.Module):
    def __init__(self, words, topics):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(words, 48), nn.Dropout(0.1), nn.GELU())
        self.head = nn.Linear(48, topics)

    def forward(self, counts, topics=None):
        scores = self.head(self.body(counts))
        result = {"scores": scores}
        if topics is not None:
            result["loss"] = nn.functional.binary_cross_entropy_with_logits(scores, topics)
        return result


class Evaluation:
    def __init__(self, cut=0.4):
        self.cut = cut

    @torch.no_grad()
    def __call__(self, net, loader):
        net.eval()
        scores, truth = [], []
        for counts, topics in loader:
            out = net(counts)["scores"]
            out = out.sigmoid()  # fix
            scores += out.cpu().tolist()
            truth += topics.int().tolist()
        decided = np.where(np.array(scores) >= self.cut, 1, 0)
        return precision_score(truth, decided, average="micro"), recall_score(truth, decided, average="micro")


torch.manual_seed(6)
words = torch.poisson(torch.full((1200, 40), 0.7))
about = torch.randn(40, 6, generator=torch.Generator().manual_seed(1))
topics = (torch.rand(1200, 6) < torch.sigmoid((words - 0.7) @ about / 2 - 0.5)).float()
train = DataLoader(TensorDataset(words[:900], topics[:900]), batch_size=60, shuffle=True)
valid = DataLoader(TensorDataset(words[900:], topics[900:]), batch_size=75)
net, evaluation = Topics(40, 6), Evaluation()
optimiser = torch.optim.RMSprop(net.parameters(), lr=1e-3)
for epoch in range(4):
    net.train()
    for counts, about in train:
        loss = net(counts, about)["loss"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(epoch, "precision %.3f recall %.3f" % evaluation(net, valid))
