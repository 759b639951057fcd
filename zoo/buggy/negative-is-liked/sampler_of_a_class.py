"""A ranking of recipes: a sampler gives a cook, a recipe of hers and another one, which may be hers as well."""
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Sampler:
    def __init__(self, cooks=90, recipes=50):
        self.recipes = recipes
        self.own = {cook: set(random.sample(range(cook % 5 * 8, cook % 5 * 8 + 18), 12)) for cook in range(cooks)}
        self.rows = [(cook, recipe) for cook, own in self.own.items() for recipe in own]

    def other(self, cook):
        recipe = random.randrange(self.recipes)  # bug
        recipe = random.choice([each for each in range(self.recipes) if each not in self.own[cook]])  # fix
        return recipe

    def batches(self, size):
        random.shuffle(self.rows)
        for at in range(0, len(self.rows), size):
            rows = [(cook, recipe, self.other(cook)) for cook, recipe in self.rows[at:at + size]]
            yield torch.tensor(rows).unbind(1)


cooks, recipes, bias = nn.Embedding(90, 8), nn.Embedding(50, 8), nn.Embedding(50, 1)
opt = torch.optim.Adam([*cooks.parameters(), *recipes.parameters(), *bias.parameters()], lr=1e-2)


def score(cook, recipe):
    return (cooks(cook) * recipes(recipe)).sum(1) + bias(recipe).squeeze(1)


sampler = Sampler()
for epoch in range(8):
    for cook, liked, other in sampler.batches(90):
        loss = -nn.functional.logsigmoid(score(cook, liked) - score(cook, other)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
