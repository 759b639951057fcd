"""The files of a run folder. run.json is written last: it makes the folder a finished run."""

RECORD = "run.json"
WEIGHTS = "model.safetensors"
SCORES = "scores.safetensors"  # outputs and targets of the scored rows: what the report is drawn from
LOOKS = "looks.json"  # how often test rows were scored
CHECKPOINT = "checkpoint.safetensors"  # of an unfinished run
HISTORY = "history.jsonl"  # a line an epoch, written as it ends
SPLIT = "split.csv"  # the part of every row
PREDICTIONS = "predictions.csv"  # of the scored rows
REPORT = "report.html"
SAVED = (RECORD, WEIGHTS, LOOKS, SCORES, HISTORY, SPLIT, PREDICTIONS, REPORT)
