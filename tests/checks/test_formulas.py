"""Rules that read formulas in the source: each way in which people write the mistake, beside the correct one."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator

import pytest

from goodfit.checks.engine.focal_weights import weights_turned
from goodfit.checks.engine.growing_rollouts import never_emptied
from goodfit.checks.engine.noisy_targets import noisy_targets
from goodfit.checks.engine.sides import not_swapped
from goodfit.checks.rules.coordinates_exchanged import exchanged
from goodfit.checks.rules.exploration_turned import turned_explorations
from goodfit.checks.rules.held_out_never_read import never_read
from goodfit.checks.rules.kept_weights_unused import unused_weights
from goodfit.checks.rules.listings_paired import paired_listings
from goodfit.checks.rules.log_prob_of_other_draw import other_draws
from goodfit.checks.rules.noise_not_gaussian import uniform_latents
from goodfit.checks.rules.overlap_lowered import lowered
from goodfit.checks.rules.score_formula import wrong_formulas
from goodfit.checks.rules.stale_value_scored import stale_values
from goodfit.checks.rules.surrogate_turned import turned_surrogates
from goodfit.checks.rules.target_of_this_state import targets_of_this_state
from goodfit.checks.rules.term_never_added import never_added

Reader = Callable[[ast.Module], Iterator[tuple[str, int]]]

DQN = """
    state_batch, reward_batch = torch.cat(batch.state), torch.cat(batch.reward)
    next_state_batch = torch.cat(batch.next_state)
    next_state_values = target_net({}).max(1).values
"""
DDPG = """
    def update(self, state, action, reward, next_state, done):
        next_action = self.target_actor({})
        q = reward + self.gamma * (1 - done) * self.target_critic(next_state, next_action)
"""
EPSILON = """
    p = np.random.rand()
    if p {} self.epsilon:
        action = env.action_space.sample()
    else:
        action = self.q(s).argmax().item()
    self.epsilon *= 0.995
"""
PPO = """
    ratio = torch.exp({})
    one, two = ratio * adv, 0
    clipped = torch.clamp(ratio, 1 - self.clip, 1 + self.clip) * adv
    loss = -torch.{}(one, clipped).mean()
"""
IOU = """
    def compute_iou(a, b):
        inter = np.logical_and(a, b).sum()
        union = {}
        return inter / union
"""
BOXES = "def bbox_iou(a, b):\n    inter_area = w * h\n    return inter_area / (area_a + area_b{} + 1e-6)"
F1 = "def f1_score(tp, fp, fn):\n    p, r = tp / (tp + fp), tp / (tp + fn)\n    f1 = {}p * r / (p + r)\n    return f1"
SSIM = "ssim_loss = SSIM(window_size=11)\nloss = F.l1_loss(out, y) + 0.1 * {}\nloss.backward()"
PINN = "u = net(x, t)\nu_x = torch.autograd.grad(u.sum(), x)[0]\nu_b = net({})"
TERMS = """
    def vae_loss(out, x, mu, logvar):
        recon_loss = F.mse_loss(out, x)
        kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return recon_loss{}
    loss = vae_loss(*net(x))
    loss.backward()
"""
PENALTY = (
    "for x in loader:\n    gp = penalty(D, x)\n    loss = D(x).mean(){}\n    loss.backward()\n    print(gp.item())"
)
VALID = """
    for x, y in train_loader:
        loss = crit(model(x), y)
        loss.backward()
    for x, y in val_loader:
        vloss = crit(model(x), y)
        val_losses.append({}.item())
"""
BEST = """
    for epoch in range(n):
        if accuracy > best:
            best_wts = copy.deepcopy(model.state_dict())
    {}
    test(model)
"""
HELD_OUT = """
    train_loader, val_loader = DataLoader(a), DataLoader(b)
    with torch.no_grad():
        for x, y in {}:
            hits += (net(x).argmax(1) == y).sum()
"""
POSE = """
    names = ["left_hand", "right_hand"]
    def __getitem__(self, i):
        image, k = self.images[i], self.points[i]
        if random.random() < 0.5:
            image = image[:, ::-1]
            k[:, 0] = width - 1 - k[:, 0]
            {}
        return image, k
"""
ROLLOUT = """
    for update in range(9):
        for t in range(32):
            with torch.no_grad():
                dist = policy(s)
                a = dist.sample()
            logps.append(dist.log_prob(a))
        old = torch.stack(logps)
        loss.backward()
        {}
"""


@pytest.mark.parametrize(
    ("reader", "source", "mistake", "correct"),
    [
        (targets_of_this_state, DQN, ["state_batch"], ["next_state_batch"]),
        (targets_of_this_state, DDPG, ["state"], ["next_state"]),
        (turned_explorations, EPSILON, [">"], ["<"]),
        (turned_surrogates, PPO, ["new - old_logp", "maximum"], ["new - old_logp", "minimum"]),
        (turned_surrogates, PPO, ["old_logp - new_logp", "min"], ["new_logp - old_logp", "min"]),
        (wrong_formulas, IOU, ["a.sum() + b.sum()"], ["a.sum() + b.sum() - inter"]),
        (wrong_formulas, IOU, ["a.sum() + b.sum()"], ["np.logical_or(a, b).sum()"]),
        (wrong_formulas, BOXES, [""], [" - inter_area"]),
        (wrong_formulas, F1, [""], ["2 * "]),
        (wrong_formulas, "recall = tp / (tp + {})", ["fp"], ["fn"]),
        (lowered, SSIM, ["ssim_loss(out, y)"], ["(1 - ssim_loss(out, y))"]),
        (lowered, "loss = {}\nloss.backward()", ["dice_coef(p, t)"], ["-dice_coef(p, t)"]),
        (exchanged, PINN, ["t_b, x_b"], ["x_b, t_b"]),
        (exchanged, "u_xx = grad(u_x, {})[0]", ["t"], ["x"]),
        (exchanged, "a = low[y:y + p, x:x + p]\nb = high[{}]", ["y:y + 2 * p, x:x + 2 * p"], ["y:y + p, x:x + p"]),
        (
            paired_listings,
            "for image, mask in zip({}(images), {}(masks)): f(image, mask)",
            ["os.listdir"] * 2,
            ["names_of"] * 2,
        ),
        (never_added, TERMS, [""], [" + kld"]),
        (never_added, PENALTY, [""], [" + 10 * gp"]),
        (stale_values, VALID, ["loss"], ["vloss"]),
        (unused_weights, BEST, [""], ["model.load_state_dict(best_wts)"]),
        (never_read, HELD_OUT, ["train_loader"], ["val_loader"]),
        (not_swapped, POSE, ["pass"], ["k = k[[1, 0]]"]),
        (never_emptied, ROLLOUT, ["pass"], ["logps.clear()"]),
        (noisy_targets, "noisy = x + torch.randn_like(x)\nout = net(noisy)\nmse(out, {})", ["noisy"], ["x"]),
        (weights_turned, "pt = torch.exp(-ce)\nloss = {} ** gamma * ce", ["pt"], ["(1 - pt)"]),
        (uniform_latents, "z = mu + torch.{}(std) * std", ["rand_like"], ["randn_like"]),
        (other_draws, "a = dist.sample()\nenv.step(a)\nlogp = dist.log_prob({})", ["dist.sample()"], ["a"]),
    ],
)
def test_a_turned_formula_is_named_and_the_right_one_is_left_alone(
    reader: Reader, source: str, mistake: list[str], correct: list[str]
) -> None:
    def places(words: list[str]) -> list[tuple[str, int]]:
        return list(reader(ast.parse(textwrap.dedent(source).format(*words))))

    assert len(places(mistake)) == 1
    assert not places(correct)


def test_of_bytes_a_peak_of_255_is_right() -> None:
    tree = ast.parse("psnr = 20 * math.log10(255.0 / math.sqrt(mse))")
    assert not list(wrong_formulas(tree))
    assert len(list(wrong_formulas(tree, unit_images=True))) == 1
