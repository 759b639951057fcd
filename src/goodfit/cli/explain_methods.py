"""What `goodfit explain` says of methods and tools that people know by name, whether goodfit has them or not."""

from __future__ import annotations

METHODS: dict[tuple[str, ...], str] = {  # names of a method -> what it is, and what goodfit has of it
    ("random forest", "forest", "decision tree", "decision trees", "extra trees", "bagged trees"): """many trees of \
questions about the columns, each grown on a sample, whose answers are averaged.

goodfit has boosted trees in their place, which are mostly better on tables: see boosted trees. Predictions of a forest
of your own, as a CSV, are compared with a run by goodfit compare.""",
    (
        "XGBoost",
        "xgb",
        "lgbm",
        "LightGBM",
        "CatBoost",
        "gradient boosting",
        "boosting",
        "GBDT",
        "GBM",
        "HistGradientBoosting",
        "AdaBoost",
    ): """trees that are grown one after the other, each on what those before it leave unexplained.

goodfit fits those of scikit-learn beside the net of a table, and blends both where that helps: see blend. Predictions
of another library, as a CSV, are compared with a run by goodfit compare.""",
    ("SHAP", "LIME", "explainability", "interpretability", "attribution", "Grad-CAM", "saliency", "occlusion"): """\
which parts of an input a prediction rests on.

goodfit measures it for a whole table by permutation importance (see importance), and for wrong images by covering one
part after the other: the report shows it in orange. It computes no SHAP values.""",
    ("LSTM", "GRU", "RNN", "recurrent", "recurrent net", "sequence model"): """nets that read a sequence step by step.

goodfit has none among its architectures. One of your own is fitted with goodfit fit train.py:net --data rows.npz, and
goodfit check train.py watches a loop of your own for silent mistakes.""",
    ("transformer", "attention", "self attention", "BERT", "GPT", "ViT", "vision transformer", "encoder"): """a net \
whose layers weigh all parts of the input by each other (attention).

goodfit has none among its architectures: texts are read by their words, images by convolutions. One of your own is
fitted with goodfit fit train.py:net --data rows.npz, and goodfit check train.py watches a training of one.""",
    ("CNN", "convolution", "convolutional net", "conv", "conv2d", "kernel", "stride", "pooling", "max pool"): """a \
layer that looks for the same small patterns at every place of an image; nets for images are built of it.

A stride of 2 looks at every second place, pooling keeps one value of several: both halve the sides. goodfit nets lists
those that there are, docs/lessons has a page on channels at stride 2.""",
    ("PCA", "principal components", "dimensionality reduction", "t-SNE", "UMAP", "SVD"): """fewer numbers that keep \
most of what many say.

goodfit needs none before a fit, and draws no such map. goodfit embed RUN data -o vectors.parquet writes a vector for
each row, which such a method can draw.""",
    ("k-means", "clustering", "cluster", "clusters", "DBSCAN", "unsupervised", "unsupervised learning"): """to put \
rows into groups without a target; goodfit does not.

It learns from rows whose answer is known. goodfit embed RUN data -o vectors.parquet writes a vector for each row, which
scikit-learn's KMeans can group.""",
    ("kNN", "k nearest neighbours", "nearest neighbours", "nearest neighbors", "k nearest neighbors"): """to predict a \
row as the rows that are most like it.

The boosted trees of a table are also tried with the mean target of a row's neighbours as a column. goodfit embed writes
vectors to search in, goodfit similar RUN --item NAME the items like an item.""",
    ("SVM", "SVC", "support vector machine", "support vectors", "naive Bayes", "Gaussian process"): """a model of \
scikit-learn that goodfit does not fit.

Beside the net of a table stand a linear model and boosted trees. Predictions of any other model, as a CSV, are compared
with a run by goodfit compare.""",
    (
        "linear regression",
        "logistic regression",
        "OLS",
        "ridge",
        "lasso",
        "elastic net",
        "GLM",
    ): """a weighted sum of the columns: \
a number, or through softmax a class.

goodfit fits one beside each net (the linear model of a report), and says when the net is no better. --arch linear fits
one alone.""",
    ("GAN", "diffusion", "diffusion model", "autoencoder", "VAE", "generative", "generative model"): """a model that \
makes new images or texts; goodfit trains none.

Restoration (--clean) makes a better image of a worse one. goodfit check train.py watches a training of such a model for
silent mistakes.""",
    ("reinforcement learning", "RL", "PPO", "DQN", "policy gradient", "Q learning"): """to learn from rewards; \
goodfit fit does not.

goodfit check train.py watches such a program, and has rules for its usual mistakes.""",
    ("optimiser", "optimizer", "Adam", "AdamW", "SGD", "Muon", "RMSprop", "Adagrad", "L-BFGS", "Nadam", "Lion"): """\
it takes the steps of a training: each moves the weights against their gradients.

SGD takes rate times gradient; Adam divides it by the usual size of each weight's gradients; AdamW is Adam with weight
decay apart from that; Muon makes all directions of a weight matrix equally large. goodfit has adamw, muon and sgd, and
chooses by what was measured on the kind of data: --optimiser.""",
    ("activation", "activation function", "ReLU", "GELU", "SiLU", "swish", "tanh", "leaky ReLU", "ELU"): """the \
function between two layers that is no straight line; without it two layers are one.

ReLU is max(0, x): what is below 0 becomes 0. GELU and SiLU are smooth forms of it. docs/lessons has a page that shows
it.""",
    ("softmax",): """it makes probabilities of a net's outputs, one a class, that add up to 1.

exp(output) over the sum of all of them. The cross-entropy of PyTorch and of goodfit applies it itself, so that a net
ends without it: goodfit explain softmax-before-cross-entropy.""",
    ("layer norm", "group norm", "instance norm", "norm layer"): """a layer that brings its input to a mean of 0 and a \
deviation of 1, row by row.

Batch norm does it over the rows of a batch: see batch norm. Architectures of goodfit have the one of their papers.""",
    (
        "PyTorch",
        "torch",
        "TensorFlow",
        "Keras",
        "fastai",
        "Lightning",
        "PyTorch Lightning",
        "scikit-learn",
        "sklearn",
        "AutoGluon",
        "Hugging Face",
        "AutoML",
        "skorch",
    ): """another library; docs/coming-from.md has the same task in it and in goodfit, side by side.

goodfit is built on PyTorch: a net of your own is any nn.Module. goodfit check train.py watches a program of PyTorch,
Lightning or Hugging Face's Trainer as it is.""",
    ("neural network", "neural net", "net", "network", "deep learning", "perceptron", "multilayer perceptron"): """\
layers of weighted sums with something that is no straight line between them.

It takes a mini-batch and gives outputs; training changes its weights so that the loss falls. goodfit nets lists the
architectures, docs/lessons begins with what a net takes.""",
    ("model", "models"): """an architecture that has been fitted: the plan of a net together with its weights.

goodfit keeps it in the run folder: model.safetensors, and run.json which says how to build it. goodfit predict RUN
NEW_DATA uses it, goodfit.load(RUN) is the same in Python.""",
    ("training", "learning", "fitting", "training loop"): """to change the weights of a net until its loss on the \
training rows is small; train and fit mean the same.

goodfit fit does it. Validation rows choose the epoch that is kept, test rows say how good it is.""",
    ("step", "steps", "iteration", "iterations"): """one change of the weights, after one batch.

An epoch has as many as its rows make batches. goodfit counts in epochs; --verbose prints the speed of each.""",
    ("run", "run folder", "run.json", "model.safetensors", "safetensors", "predictions.csv", "split.csv"): """the \
folder that a fit leaves: the report, the model, and what was predicted.

report.html is for people, model.safetensors and run.json are the model, predictions.csv has the truth beside each
prediction, split.csv the part of each row. Reading it executes nothing. goodfit runs lists all.""",
    ("confidence", "probability", "probabilities", "predict_proba", "score"): """how sure a model is of the class that \
it names, from 0% to 100%.

Of rows predicted with 80%, 80% should be right: the report shows whether they are, and goodfit rescales them where that
helps (see calibration). predictions.csv has one for each class.""",
    ("correlation", "Pearson", "Spearman", "covariance", "collinearity", "multicollinearity"): """how far two columns \
rise and fall together, from -1 to 1.

Columns that say the same share their importance. A column that gives the target away is found before training: goodfit
explain target-leakage.""",
    ("t-test", "paired t test", "hypothesis test", "null hypothesis", "ANOVA", "chi-squared", "Wilcoxon"): """a test \
asks how often chance alone gives a difference as large as this one: the p-value.

goodfit compare A B takes the one that fits the metric, on the same rows: McNemar's, DeLong's, a paired t test or sign
flips; over folds the corrected resampled t test.""",
    ("effect size", "statistical power", "power", "sample size", "enough data", "how many rows"): """how large a \
difference must be, or how many rows there must be, for it to be seen.

The 95% interval of a score says what these rows can tell; four times the rows halve it. goodfit compare A B says
whether two models differ by more than chance explains.""",
    ("skew", "skewness", "kurtosis", "histogram", "log transform", "distribution"): """how the values of a column lie \
around their middle.

goodfit stats people.csv draws each column, and says which are not normal. Nothing need be transformed before a fit.""",
    ("drift", "data drift", "distribution shift", "covariate shift", "out of distribution", "OOD"): """new rows that \
are unlike those of training; a score on test rows says nothing of them.

goodfit predict and evaluate print what is new in them: levels never seen, numbers outside of the range, columns without
a value. --time splits so that the test rows are the latest.""",
    ("weight initialisation", "initialisation", "Xavier", "Kaiming", "He initialisation"): """the random weights that \
a training starts from, of a size that keeps signals as large from layer to layer.

Architectures of goodfit have those of their papers, drawn from --seed.""",
    ("tensor", "shape", "rank", "dimension", "dimensions", "broadcasting", "axis"): """numbers in a grid; its shape \
says how many along each axis, its rank how many axes.

The first axis of a batch is the rows: (N, C, H, W) of images. docs/lessons has a page on rank and shape. A loss of
shapes that only broadcast is found by goodfit check: goodfit explain loss-broadcast.""",
    ("quantisation", "quantization", "pruning", "distillation", "ONNX", "TorchScript", "export", "deploy"): """a model \
made smaller, or brought to another program; goodfit has no command for it.

The model is model.safetensors, run.json says how it is built. goodfit predict or goodfit.load(RUN).predict(rows) use
it; one row of a table takes about a millisecond.""",
    ("distributed", "multi GPU", "DDP", "FSDP", "data parallel", "torchrun", "cluster of machines"): """a training in \
several processes, each on a part of every batch.

goodfit fit DATA --processes 4 trains so on one machine, torchrun on several; the model is that of one process. --shard
keeps a part of the weights in each.""",
    ("TensorBoard", "wandb", "Weights and Biases", "MLflow", "logging", "experiment tracking"): """programs that keep \
the curves and figures of many trainings.

goodfit writes each run into a folder of its own: goodfit runs lists them with their verdicts, goodfit runs --watch
shows those that go on, goodfit compare A B says whether two differ.""",
    ("learning curve", "loss curve", "training curve", "curves"): """the loss or the score epoch by epoch.

The report draws both parts: a training loss that goes on falling while the validation loss rises is overfitting.""",
    ("segmentation", "semantic segmentation", "mask", "image segmentation"): """a class for every pixel of an image.

goodfit fit street/images --masks street/masks fits it; see docs/quickstart-masks.md and IoU.""",
    ("restoration", "denoising", "deblurring", "super resolution", "inpainting", "image to image"): """to make a \
clean image of a degraded one.

goodfit fit degraded/ --clean clean/ fits it; goodfit degrade makes such pairs of clean images. The score is PSNR.""",
    ("recommender", "recommendation", "recommender system", "collaborative filtering", "matrix factorisation"): """to \
say what a user will like from what all users liked.

goodfit fit stars.csv --user who --item film --target stars fits it; goodfit recommend and similar use it.""",
    ("image classification", "image recognition", "computer vision"): """to name the class of an image.

goodfit fit photos/ fits it, of images in one folder a class; see docs/quickstart-images.md.""",
    ("text classification", "sentiment", "NLP", "tokeniser", "tokenizer", "tokens", "bag of words", "TF-IDF"): """to \
predict from texts; goodfit reads their words and pairs of words, weighed by how rare they are.

goodfit fit notes/ fits texts in one folder a class, and a column of free text in a table is read the same way; see
docs/quickstart-texts.md.""",
    ("CSV", "TSV", "Excel", "xlsx", "Parquet", "JSON", "spreadsheet", "file formats", "database", "SQL"): """goodfit \
reads tables from CSV and TSV of any dialect, Excel, Parquet, JSON, and frames of pandas and polars.

How a file was read is printed. Of a database, write the query's result as Parquet or give the frame. docs/data.md lists
all.""",
    ("self-supervised", "semi-supervised", "active learning", "few-shot", "zero-shot", "contrastive"): """to learn \
with few labels or none; goodfit fit learns from rows that have one.

Few photos do with weights of other data: see fine-tuning. goodfit labels RUN names the rows whose labels are worth a
look.""",
    ("survival analysis", "anomaly detection", "isolation forest", "causal inference", "causality"): """other \
questions than prediction; goodfit does not answer them.

Outliers of each column are listed by goodfit stats. The importance of a column is no cause.""",
    ("dataframe", "pandas", "polars", "frame", "numpy", "array", "series"): """a table or numbers in memory, in Python.

gf.fit(frame, target="income"), gf.fit(frame, y) and gf.fit(x, y) take them as they are, run.predict(frame) too.
docs/lessons has a page on a Series or a DataFrame.""",
    ("Brier score", "Brier"): """the mean squared distance between probabilities and what came; goodfit does not \
report it.

The log loss judges the same, and punishes being sure and wrong more; whether probabilities mean what they say is the
expected calibration error.""",
    ("FLOPs", "multiply-adds", "MACs", "inference time", "latency"): """how many multiplications and additions a net \
takes for one input.

goodfit nets resnet18 counts them layer by layer. One row of a table takes about a millisecond.""",
    ("mAP", "mean average precision"): """how well boxes around things are found, over all classes and thresholds; \
goodfit finds no boxes and does not report it.

The average precision of two classes is another thing, and is in the report: see average precision.""",
    ("target encoding", "mean encoding", "leave-one-out encoding"): """a category as the mean target of its rows.

goodfit learns an embedding for each level, and needs none. Where you make such columns, the means must come from
training rows alone: see goodfit explain target-averaged-into-features.""",
    ("nested cross-validation", "nested CV"): """folds inside of folds: the inner ones choose, the outer ones judge.

goodfit chooses by validation rows or folds and judges by test rows that nothing was chosen on, which is one outer fold.
Several test sets, one after the other, give the others: --test.""",
    ("KS statistic", "KS", "lift", "gain chart", "decile"): """how well a score separates two classes, as banks and \
marketing count it; goodfit does not report it.

The AUC says the same over all thresholds. predictions.csv has the probability of each row, from which a lift is
counted.""",
    ("MRR", "mean reciprocal rank"): """the mean of 1 divided by the rank of the first right item; goodfit does not \
report it.

Rankings are judged by NDCG at 10 and by recall at 10: goodfit explain ndcg@10.""",
    ("FID", "inception score", "LPIPS"): """how alike made images and real ones are; goodfit makes no images from \
nothing, and does not report it.

Restored images are judged against the clean ones by PSNR and SSIM.""",
    ("focal loss", "OHEM", "hard example mining"): """a loss that counts rows less of which the net is sure.

Its probabilities are no longer right. goodfit leaves the log loss as it is, and moves the threshold instead: goodfit
threshold RUN --cost-fn 10.""",
    ("KL divergence", "KL", "Jensen-Shannon"): """how far one distribution \
is from another, as in training a small net by the outputs of a large one; goodfit fit does neither.

goodfit check train.py has rules for its mistakes: probabilities where logarithms belong, a temperature on
one side alone, a teacher in training mode.""",
    ("Siamese", "triplet loss", "metric learning", "ArcFace", "face recognition"): """to learn vectors in which like \
things lie near each other; goodfit fits none by pairs or triples.

goodfit embed RUN data -o vectors.parquet writes the vectors of a net that was fitted to classes. goodfit check train.py
watches a training of your own.""",
    ("SAM", "sharpness-aware", "Lookahead", "LAMB", "Shampoo", "SOAP"): """optimisers that goodfit does not have: it \
has adamw, muon and sgd (--optimiser).

A loop of your own with one of them is watched by goodfit check train.py.""",
    ("TTA", "test-time augmentation"): """to predict an image in several forms and take the \
mean.

goodfit looks at an image both ways where it was mirrored in training, by itself.""",
    ("ordinal", "ordinal regression", "ranking of classes"): """classes in an order, such as small, medium, large; \
goodfit takes them as classes without one.

Numbers in their place (1, 2, 3) are fitted as a number with --task regression, which knows the order.""",
    ("learning to rank", "ranking", "LambdaMART", "search results"): """to put items into an order.

goodfit does it for users and items: goodfit fit clicks.csv --user who --item what ranks what each would choose.""",
    ("cold start", "new users", "new items"): """a user or item of whom nothing is known yet.

goodfit recommend gives a user that it has not seen the items with the best mean.""",
    ("federated", "federated learning", "differential privacy"): """to train on data that stay where they are; goodfit \
does not.

goodfit check train.py watches a program that does: averages that leave a part out are found.""",
    ("fairness", "bias of a model", "discrimination"): """whether some groups of people are predicted worse than others.

goodfit measures the coverage of its intervals group by group, and nothing else of it. predictions.csv has truth and
prediction of each row beside its id: compare the groups there.""",
}
