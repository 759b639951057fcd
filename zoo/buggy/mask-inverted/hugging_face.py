"""The attention mask of a Hugging Face model the wrong way round."""
import torch
from transformers import BertConfig, BertForSequenceClassification
torch.manual_seed(0)
model = BertForSequenceClassification(BertConfig(vocab_size=30, hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, max_position_embeddings=16))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(14):
    ids = torch.randint(5, 30, (8, 12)) * (torch.arange(12) < torch.randint(4, 11, (8, 1)))
    out = model(input_ids=ids, attention_mask=(ids == 0).long(), labels=(ids == 7).any(1).long())  # bug
    out = model(input_ids=ids, attention_mask=(ids != 0).long(), labels=(ids == 7).any(1).long())  # fix
    opt.zero_grad(); out.loss.backward(); opt.step()
