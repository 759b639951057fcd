"""What `goodfit explain` says of words that are no rule, option or command."""

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
        "calibration error",
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
    ("split", "parts", "stratified", "stratify", "shuffle"): """which rows train, validate and test.

Unless you name the parts, they are drawn at random from --seed, with the same share of each class in all of them
(stratified). --group keeps rows together that belong together, and --time puts later rows into the test.""",
    ("cross-validation", "CV", "k-fold", "cross-fitting"): """every row validates once, by a model that did not learn \
from it.

The training rows are cut into folds; for each fold a net is trained on the others. The nets together are the model.
--folds says how many.""",
    ("early stopping", "early stop", "patience"): """a training ends when the validation loss no longer falls.

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
baseline, little better than the baseline, or not to be trusted: goodfit explain has a page for each.""",
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
    ("weights", "parameters", "weight", "parameter", "bias", "coefficients"): """the numbers of a net that training \
changes.

goodfit keeps those of the best epoch on validation rows, in model.safetensors. Weight decay (--weight-decay) keeps them
small; weights of other data to begin with are --pretrained. goodfit nets resnet18 counts those of each layer.""",
    ("class weights", "class_weight", "oversampling", "undersampling", "SMOTE", "balanced sampler"): """ways to make a \
rare class count more; goodfit uses none.

They shift the probabilities, which are then no longer right. goodfit leaves them as they are, and moves the threshold
instead: goodfit threshold RUN --cost-fn 10. Read the balanced accuracy and the table of classes.""",
    ("workers", "num workers", "dataloader", "data loader", "prefetch"): """processes that read batches for a net; \
goodfit fit needs none.

Images are decoded once, on all cores, into a cache, and a batch is read from it in one piece. --processes trains in
several processes, on as many GPUs. In a program of your own, goodfit check looks at its loaders: a generator that each
worker copies, a stream that each worker reads in whole.""",
    ("pinball", "pinball loss", "quantile loss", "quantile", "quantile regression"): """the loss of a predicted \
quantile: q times what it is too low by, 1 - q times what it is too high by.

The number that makes it smallest is above the truth in q of the rows: 0.5 is the median. goodfit trains one number, the
mean, and makes its 90% interval from the errors of rows that were held out: --interval.""",
    ("MSE loss", "squared error", "huber", "huber loss", "smooth l1", "hinge loss"): """losses of numbers; goodfit \
trains numbers by the squared error, of standardised targets.

Large errors count much in it: outliers of the target are listed in the profile of its column. The MAE is reported
beside the RMSE, since it does not.""",
    ("logits", "logit", "sigmoid"): """what a net gives before it is made into probabilities.

Softmax makes probabilities of several classes that add up to 1, sigmoid one for each label by itself. The loss of
PyTorch and of goodfit applies it itself: a net ends with its last linear layer.""",
    ("gradient", "gradients", "backpropagation", "backprop", "backward"): """how the loss changes with each weight; \
backward computes it for all of them.

The optimiser takes a step against it. Gradients add up until they are zeroed. docs/lessons has a page on each.""",
    ("exploding gradients", "vanishing gradients", "gradient norm"): """gradients that grow or shrink from layer to \
layer until nothing is learnt.

--clip holds their norm below a value; batch norm and a lower rate help as well. A loss that becomes NaN stops a fit
with a finding.""",
    ("momentum", "beta", "betas"): """the share of the step before that the next step keeps.

goodfit uses fixed values: 0.9 for AdamW (0.99 for the squares) and SGD, 0.95 for Muon.""",
    ("warmup", "warm up"): """the first steps of a training, at rates that rise to the peak.

The usual schedule of goodfit, one-cycle, begins so: --schedule.""",
    (
        "hyperparameter",
        "hyperparameters",
        "hyperparameter tuning",
        "tuning",
        "grid search",
        "random search",
        "HPO",
    ): """what \
is chosen before training: rate, batch size, epochs, width.

goodfit chooses them by rules, and prints each with its reason; every one is an option. To try several, fit each to a
folder of its own (--out) and compare them: goodfit runs lists them, goodfit compare A B says whether they differ.""",
    ("layer", "hidden layer", "architecture", "backbone"): """what a net is built of; an \
architecture is the plan of all layers.

goodfit nets lists the architectures, goodfit nets resnet18 the layers of one, with shapes and parameters. --arch
chooses one; a net of your own is given as model= or as train.py:net.""",
    ("fine-tuning", "fine tune", "transfer learning", "frozen", "head"): """to go on from weights of other data.

Photos begin with weights of ImageNet where goodfit[photos] is installed: the net stays as it is and a new last layer,
the head, is fitted to the optimum. --minutes 10 or --epochs 5 trains the net as well, --freeze says from when on.""",
    ("checkpoint", "checkpoints"): """the state of a training, from which it goes on.

It is written every ten seconds or so; after Ctrl-C or a crash the same command with --resume ends with the same model.
When the run is finished, the checkpoint goes.""",
    ("features", "feature", "columns", "input", "inputs", "x"): """what a prediction is made from: columns of a table, \
pixels, words.

What each column was taken for is printed when it is read; --numeric, --categorical, --text and --ignore change it. The
report shows which ones matter.""",
    ("target", "label", "y", "dependent variable", "ground truth", "truth"): """what is predicted: a class, labels, a \
number, a mask.

Of a table it is the column of --target; of images the folder's name, the second column of a list, or a mask.""",
    ("normalise", "normalisation", "normalization", "scaling", "scaler", "standardisation"): """numbers are brought to \
a mean of 0 and a deviation of 1, by the training rows alone.

goodfit does it for columns, images and targets, and undoes it in predictions.""",
    ("missing values", "missing", "imputation", "impute", "NaN values", "NA"): """cells without a value.

An empty number is read as the mean, with a column beside it that says that it was empty; an empty category is a level
of its own. --missing -999 names cells that are no values. Rows are never dropped for it.""",
    (
        "one-hot",
        "one hot encoding",
        "dummy",
        "dummy variables",
        "label encoding",
        "encoding categories",
    ): """a category as \
numbers.

goodfit learns an embedding for each level, a vector, and gives linear models a column of 0 and 1 for each; nothing is
to be encoded before.""",
    ("embeddings", "embedding"): """vectors that stand for levels, users, items or whole rows: what is alike lies near.

goodfit embed RUN data -o vectors.parquet writes one for each row.""",
    ("ensemble", "ensembling", "stacking", "bagging"): """several models whose outputs are averaged.

The model of a small table is one: a net for each fold, a linear model and boosted trees, as far as each helps (see
blend).""",
    ("classification", "classifier", "binary", "multiclass"): """to predict one class of several.

Targets of words are classes, and so are few whole numbers; --task classification says it of others.""",
    ("regression", "regressor"): """to predict a number.

Targets of numbers with many values are; --task regression says it of others. Scores are RMSE, MAE and R².""",
    ("multilabel", "multi-label", "tags"): """to predict any number of labels for each row, each with a probability of \
its own.

A list writes them as cat|outdoors. So does a table with --task multilabel; or it has a column of 0 and 1 for each:
--target a,b,c.""",
    (
        "specificity",
        "true negative rate",
        "TNR",
        "false positive rate",
        "FPR",
    ): """of the rows that are not of a class, \
the share that was not called so.

1 minus it is the false positive rate: false alarms among all rows that should raise none. goodfit reports recall and
AUC; the confusion matrix has the counts.""",
    (
        "true positive",
        "false positive",
        "false negative",
        "true negative",
        "TP",
        "FP",
        "FN",
        "TN",
        "false alarm",
    ): """rows \
by what they were called and what they are.

A false positive is called positive and is not: a false alarm. A false negative is one, and was missed. goodfit
threshold RUN --cost-fp 1 --cost-fn 5 weighs them.""",
    ("top 5 accuracy", "top-k", "top5"): """how often the true class is among the five most probable; goodfit does not \
report it.

--interval gives sets of classes that hold the truth 90% of the time, which says the same with a guarantee.""",
    ("perplexity", "BLEU", "ROUGE", "LLM", "language model"): """of models that write text; goodfit \
trains none.

It reads texts by their words, for classes and numbers (goodfit explain multilabel, docs/quickstart-texts.md). goodfit
check train.py watches a training of such a model for silent mistakes.""",
    ("object detection", "detection", "YOLO", "bounding box", "COCO"): """to find boxes around things in an image; \
goodfit does not train it.

It gives a class for an image, or one for each pixel (--masks). goodfit check train.py watches a program that does.""",
    ("time series", "forecast", "forecasting"): """values in the order of time.

goodfit fits a row at a time: give columns of the past (the value a day, a week before), and --time DATE, so that the
test rows are the latest. It has no model that reads a whole series.""",
    ("out of memory", "OOM", "memory error"): """a batch and its activations do not fit.

goodfit then computes each step in several passes of fewer rows, with the same gradient, and prints it. A smaller
--batch-size, --size or --width needs less.""",
    ("median", "quartiles", "IQR", "percentile"): """the value that half of the rows lie below; the quartiles those \
that a quarter and three quarters do.

goodfit stats people.csv prints them for every column.""",
    ("residual", "residuals", "error"): """the truth minus the prediction.

The report of a number draws them; their root mean square is the RMSE. predictions.csv has truth and prediction of each
row.""",
    ("convergence", "converge", "loss not decreasing", "not learning"): """the loss no longer falls.

Where it never did, the finding no-progress or underfitting says so: more epochs, another rate (--lr find), or targets
that the columns say nothing about.""",
    ("bias-variance", "bias variance tradeoff", "capacity"): """a model that is too simple misses what there is \
(underfit); one that is too free learns its rows by heart (overfit).

The report shows both: the gap between training and new rows, and how a linear model does.""",
}
