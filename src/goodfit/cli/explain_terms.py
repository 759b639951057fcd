"""What `goodfit explain` says of words that are no rule, option or command; and other names of what is one."""

from __future__ import annotations

TERMS: dict[tuple[str, ...], str] = {  # names of a thing that reports speak of -> what it is
    ("baseline", "trivial predictor"): """what a prediction reaches that looks at nothing.

The most frequent class, the mean number, or the mean of each user and item, learnt from the training data alone. A
model that does no better has learnt nothing.""",
    ("95% interval", "interval", "confidence interval"): """where the true value of a metric lies, as far as is known.

Of 100 such intervals 95 hold it. The fewer the rows, the wider it is. Where those of two models overlap, goodfit
compare says whether they differ. Of shares it is Wilson's interval, of an AUC DeLong's, of means Hall's.""",
    (
        "expected calibration error",
        "ECE",
        "calibration",
        "reliability",
        "temperature",
        "temperature scaling",
    ): """how far confidence \
and truth lie apart.

Of predictions made with a confidence of 80%, 80% should be right; this is the mean distance. 0 is perfect. Of few rows
some of it is chance, and the report says how much. goodfit rescales the probabilities on validation rows (temperature
scaling) where that helps.""",
    ("blend", "rivals", "linear model", "boosted trees", "trees", "the net alone"): """the net and simpler models \
together.

A linear model and boosted trees are fitted on the same rows. Where their weighted sum has the lower loss on rows that
none of them was trained on, the model is that sum. --rivals none leaves them out.""",
    ("precision", "positive predictive value", "PPV"): """of the rows that were called a class, the share that are.

A precision of 90% is one false alarm in ten alarms. It says nothing of what was missed: that is recall. goodfit
threshold RUN --precision 0.9 finds the threshold that has it.""",
    ("recall", "sensitivity", "true positive rate", "TPR", "hit rate"): """of the rows of a class, the share that was \
called so.

A recall of 90% misses one row in ten. It says nothing of false alarms: that is precision. goodfit threshold RUN
--recall 0.9 finds the threshold that has it.""",
    ("confusion matrix", "confusion"): """a table of true classes by predicted ones.

Each line is a true class, each column what was predicted. Rows on the diagonal are right; the others show which
classes are taken for which.""",
    ("loss",): """one number for how wrong predictions are: training makes it small.

Of classes it is the log loss, of numbers the mean squared error of standardised targets unless the run says
otherwise. It is the mean over the rows, and lower is better.""",
    ("epoch",): """one pass over all training rows, in batches.

After each epoch the validation rows are scored; the weights of the best epoch are kept. --epochs says how many.""",
    ("batch", "mini-batch"): """the rows that the net sees at once, before each step of the optimiser.

Its first dimension is the rows: (N, ...). --batch-size says how many.""",
    ("training rows", "train", "training set", "train loss"): """the rows that the model learns from.

It does better on them than on new ones, so that their score says little; the difference to rows that it has not
learnt from is the gap.""",
    (
        "validation",
        "val",
        "validation set",
        "valid loss",
        "validation loss",
    ): """rows that steer the training and teach \
nothing.

They choose the epoch that is kept and calibrate the probabilities, so that their score is a little too good. Small
tables and few images validate in folds: each row by a model that did not see it.""",
    ("test set", "test rows", "holdout", "held out", "ledger"): """rows that are kept away until the end: they say how \
good the model is.

Each look at them is counted in the run folder, since choices between looks make the score too good.""",
    ("split", "parts", "stratified"): """which rows train, validate and test.

Unless you name the parts, they are drawn at random from --seed, with the same share of each class in all of them
(stratified). --group keeps rows together that belong together, and --time puts later rows into the test.""",
    ("cross-validation", "CV", "k-fold", "cross-fitting"): """every row validates once, by a model that did not learn \
from it.

The training rows are cut into folds; for each fold a net is trained on the others. The nets together are the model.
--folds says how many.""",
    ("early stopping", "patience"): """a training ends when the validation loss no longer falls.

goodfit keeps the weights of the best epoch on validation rows in every fit, so that too many epochs cost time alone. A
training whose end is open, as that of a table without --epochs, stops some epochs after the best one.""",
    ("gap", "generalisation gap"): """how much better a model does on its training rows than on others.

A gap is usual. It is overfitting where going on made the other rows worse, and memorisation where the training rows
are known nearly by heart and others far worse.""",
    ("dropout",): """units that are set to zero at random in training, so that the net does not rely on single ones.

It is off when a model predicts: net.eval() in PyTorch.""",
    ("prediction interval", "prediction set", "conformal", "conformal prediction", "CQR"): """a range that holds the \
truth of a new row 90% of the time.

Of numbers it is an interval, of classes the set of those that are likely. Both are calibrated on rows that were held
out (conformal prediction), and the report measures how often they hold the truth, group by group. --interval asks for
them.""",
    ("p-value", "p", "significance"): """how often chance alone would show a difference as large as this one.

Below 0.05 goodfit compare calls it a difference. A large one is no proof that two models are equal: look at the
interval. Of several pairs it is corrected by Holm's method.""",
    (
        "McNemar",
        "McNemar's test",
    ): """a test of two models on the same rows, by the rows that only one of them gets right.

goodfit compare uses it for accuracy, with Tango's interval of the difference (McNemar 1947, Tango 1998).""",
    ("Holm", "Bonferroni", "multiple testing"): """p-values corrected for their number.

Of twenty comparisons of equal models one is below 0.05 by chance. Holm 1979 multiplies the smallest p-value by their
number, the next by one less, and so on.""",
    ("DeLong",): """the standard error of an AUC, and of the difference of two on the same rows (DeLong et al. 1988).

goodfit uses it for the interval of an AUC, and in goodfit compare.""",
    ("Wilson",): """the interval of a share that goodfit prints (Wilson 1927).

It stays inside of 0% and 100%, and holds the truth for few rows too.""",
    ("bootstrap",): """an interval from drawing the rows again and again, with replacement.

goodfit.stats.bootstrap gives it for any figure (bias-corrected and accelerated, Efron 1987). Metrics of a run have
intervals by formulas, which hold the truth more often with few rows.""",
    ("Nadeau-Bengio", "corrected resampled t test"): """a t test over folds that knows that their training rows overlap.

The usual one finds differences where there are none (Nadeau and Bengio 2003). goodfit compare uses it where the models
have the same folds.""",
    ("region of practical equivalence", "A better"): """how large a difference must be to matter.

goodfit compare --rope 0.01 says: below one point of accuracy, or 1% of an RMSE, two models are practically equal. It
prints the probabilities that A is better, that they are equal, and that B is better.""",
    ("mean",): """the sum of the values over their number.""",
    ("variance",): """the average squared distance from the mean.

Of all the values that there are, it is divided by their number n (population); of a sample, by n - 1 (sample), since
the mean was fitted to them. Its square root is the standard deviation.""",
    (
        "standard deviation",
        "deviation",
        "std",
        "sd",
        "sigma",
    ): """how far a value is from the mean, in the units of the \
values.

It is the square root of the variance. goodfit stats prints that of a sample. Of a normal curve 68% of the values lie
within one, 95% within two and 99.7% within three of the mean.""",
    ("z-score", "z", "standardise", "standardised"): """how many standard deviations a value lies above the mean.

(value - mean) / deviation. goodfit stats area 1.96 prints the share of a normal curve below a z; goodfit stats table
the whole table.""",
    ("normal curve", "normal", "not normal", "68-95-99.7", "normal distribution", "gaussian"): """the bell curve: most \
values near the mean, few far away, the same on both sides.

68% lie within one standard deviation, 95% within two and 99.7% within three. goodfit stats says "not normal" of a
column whose shares differ from it by more than chance and by 5 points or more (Lilliefors 1967).""",
    ("outliers", "outlier"): """values far outside of the middle half of a column.

More than 1.5 times the distance of the quartiles beyond them (Tukey 1977): 0.7% of normal values. They may be mistakes
or the most interesting rows; nothing is removed.""",
    ("importance", "permutation importance", "feature importance"): """how much worse rows are predicted when one \
column is shuffled among them.

Columns that say the same share it. It is of this model, and no cause.""",
    ("verdict",): """in a few words whether the fit is good.

good fit, memorises its rows, overfit, underfit, a simpler model is as good, too few rows to tell, no better than the
baseline, or not to be trusted: goodfit explain has a page for each.""",
    ("finding", "findings"): """what a rule has against a run or a program: what is wrong, where, and what to do.

An error makes the run one that is not to be trusted, a warning is to be looked at, a notice is good to know. goodfit
explain without a name lists the rules.""",
    ("pace",): """how many rows a second are trained, and how long the rest will take.""",
    ("MAPE", "percentage error"): """the mean error as a share of the true value; goodfit does not report it.

It is undefined for a truth of 0, and favours predictions that are too low. Look at the MAE beside the mean of the
column.""",
    (
        "Dice",
    ): """overlap of two masks: twice what both have, over the sum of both. It is F1 of pixels; goodfit reports \
IoU.

Of one class Dice = 2 IoU / (1 + IoU).""",
    ("kappa", "MCC", "Matthews correlation"): """agreement beyond chance, as one number; goodfit does not report it.

For classes of unequal sizes look at the balanced accuracy, the AUC and the confusion matrix.""",
}

OTHER_NAMES: dict[str, tuple[str, ...]] = {  # name of a page -> what else people call it
    "rmse": ("mse", "mean squared error", "root mean squared error", "root mean square error", "l2 loss"),
    "mae": ("mean absolute error", "l1 loss"),
    "r2": ("r squared", "coefficient of determination", "explained variance"),
    "accuracy": ("acc", "error rate"),
    "balanced accuracy": ("bal acc", "macro recall"),
    "auc": ("roc", "roc auc", "auroc", "area under the curve"),
    "average precision": ("pr auc", "auprc"),
    "f1": ("f1 score", "f score", "f measure", "macro f1", "micro f1"),
    "log loss": ("cross entropy", "ce", "nll", "negative log likelihood"),
    "iou": ("jaccard", "miou", "mean iou"),
    "ndcg at 10": ("ndcg",),
    "recall at 10": ("hit rate at 10",),
    "lr": ("step size", "lr find", "learning rate finder"),
    "weight decay": ("wd", "l2", "regularisation", "regularization", "penalty"),
    "batch size": ("bs",),
    "optimiser": ("optimizer", "adam", "adamw", "sgd", "muon"),
    "schedule": ("scheduler", "one cycle", "cosine", "lr schedule"),
    "clip": ("grad clip", "gradient clipping", "clipping"),
    "augment": ("augmentation", "data augmentation", "mixup"),
    "ema": ("weight average", "moving average"),
    "device": ("gpu", "cpu", "cuda", "mps"),
    "seed": ("random seed", "random state"),
    "overfitting": ("overfitted",),
    "target leakage": ("leak", "leakage", "data leakage"),
    "class imbalance": ("imbalance", "imbalanced", "class weights"),
    "nonfinite loss": ("nan", "inf", "nan loss"),
    "softmax before cross entropy": ("softmax",),
    "gradients not zeroed": ("zero grad",),
    "small batch norm": ("batch norm", "bn"),
    "labels": ("label noise", "confident learning", "wrong labels"),
    "threshold": ("cutoff", "cut-off", "decision threshold"),
    "card": ("model card",),
    "near duplicates": ("duplicates", "duplicate rows"),
    "--precision": ("amp", "mixed precision", "bf16", "bfloat16", "fp16", "float16"),
    "--label-smoothing": ("smoothing",),
}
