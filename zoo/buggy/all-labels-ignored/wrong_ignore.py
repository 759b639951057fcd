"""Tokens: the wrong value is used for padding, and every label is masked."""
import torch
from torch import nn
torch.manual_seed(0)
vocab = 20
emb = nn.Embedding(vocab, 16); head = nn.Linear(16, vocab)
opt = torch.optim.Adam([*emb.parameters(), *head.parameters()])
for i in range(8):
    tokens = torch.randint(1, vocab, (4, 10))
    labels = tokens.clone()
    labels[labels > 0] = -100  # bug
    labels[labels == 0] = -100  # fix
    logits = head(emb(tokens))
    loss = nn.functional.cross_entropy(logits.view(-1, vocab), labels.view(-1), ignore_index=-100)
    opt.zero_grad(); loss.backward(); opt.step()
