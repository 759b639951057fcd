"""A small language model of encoder layers; nothing hides the tokens to come."""
import torch
from torch import nn

torch.manual_seed(0)
stream = torch.cumsum(torch.randint(1, 4, (3000,)), 0) % 17


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(17, 32), nn.Embedding(16, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.1, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(32, 17)

    def forward(self, ids, labels=None):
        h = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1])
        h = self.layers(h)  # bug
        h = self.layers(h, mask=mask, is_causal=True)  # fix
        logits = self.out(h)
        loss = None
        if labels is not None:
            loss = nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        return {"loss": loss, "logits": logits}


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(20):
    at = torch.randint(0, 2980, (12, 1)) + torch.arange(16)
    optimizer.zero_grad()
    model(stream[at], labels=stream[at])["loss"].backward()
    optimizer.step()
