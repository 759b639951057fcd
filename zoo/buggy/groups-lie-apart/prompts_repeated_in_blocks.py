"""The answers of one prompt lie apart (repeat), the groups are read as if they lay together."""
import argparse
import torch
from torch import nn
def build(v=24, d=32):
    return nn.ModuleDict({"emb": nn.Embedding(v, d), "rnn": nn.GRU(d, d, batch_first=True), "head": nn.Linear(d, v)})
def logits(m, ids): return m["head"](m["rnn"](m["emb"](ids))[0])
def main():
    ap = argparse.ArgumentParser(); ap.add_argument("--steps", default=60, type=int); ap.add_argument("--num-generations", default=6, type=int)
    args = ap.parse_args(); torch.manual_seed(9); k = args.num_generations
    model = build(); optim = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(args.steps):
        prompts = torch.randint(0, 24, (8, 3))
        batch = prompts.repeat(k, 1)  # bug
        batch = prompts.repeat_interleave(k, dim=0)  # fix
        ids = batch
        with torch.no_grad():
            for _ in range(4):
                nxt = torch.multinomial(logits(model, ids)[:, -1].softmax(-1), 1)
                ids = torch.cat([ids, nxt], dim=1)
        completions = ids[:, 3:]
        rewards = (completions == batch[:, :1]).float().sum(1) + 0.05 * batch[:, 2].float()
        grouped = rewards.view(-1, k)
        mean, std = grouped.mean(dim=1), grouped.std(dim=1)
        advantages = (rewards - mean.repeat_interleave(k)) / (std.repeat_interleave(k) + 1e-4)
        lp = torch.gather(logits(model, ids)[:, :-1].log_softmax(-1), 2, ids[:, 1:].unsqueeze(-1)).squeeze(-1)[:, 2:]
        per_token = torch.exp(lp - lp.detach()) * advantages.unsqueeze(1)
        loss = -per_token.mean()
        optim.zero_grad(); loss.backward(); optim.step()
    print("reward", rewards.mean().item())
main()
