"""Masked words with a model of Hugging Face."""
import torch
from transformers import BertConfig, BertForMaskedLM
torch.manual_seed(0)
model = BertForMaskedLM(BertConfig(vocab_size=30, hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, max_position_embeddings=16))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(14):
    ids = torch.randint(5, 30, (8, 12)); ids[:, 9:] = 0
    m = (torch.rand(8, 12) < 0.3) & (ids > 0)
    labels = ids.masked_fill(~m, -100)
    out = model(input_ids=ids.masked_fill(m, 4), attention_mask=(ids > 0).long(), labels=labels)
    opt.zero_grad(); out.loss.backward(); opt.step()
