"""Public reports of the mistakes that programs of the zoo were modelled on: by rule, or by one program of it.

The programs are our own; the reports show that the mistake is made in the field.
"""

from __future__ import annotations

from collections.abc import Mapping

SOURCES: Mapping[str, str] = {
    "adapter-not-optimised": "https://github.com/huggingface/transformers/issues/26098",
    "argmax-of-one": "https://github.com/open-mmlab/mmsegmentation/issues/1774",
    "average-unused": "https://github.com/pengzhiliang/MAE-pytorch/issues/31",
    "back-to-worse-weights": "https://github.com/chickenbestlover/RNN-Time-series-Anomaly-Detection/issues/35",
    "best-weights-by-reference": "https://github.com/WenjieDu/PyPOTS/issues/667",
    "classes-between": "https://github.com/facebookresearch/Mask2Former/issues/154",
    "classes-by-view": "https://github.com/irfanICMLL/structure_knowledge_distillation/issues/11",
    "clips-nothing": "https://github.com/pytorch/pytorch/issues/148259",
    "constant-target": "https://github.com/albumentations-team/albumentations/issues/148",
    "end-is-padding": "https://github.com/huggingface/transformers/issues/23530",
    "entropy-lowered": "https://github.com/PKU-Alignment/omnisafe/pull/133",
    "evaluation-drops-rows": "https://github.com/lss-1138/SparseTSF/issues/3",
    "first-batch-only": "https://github.com/wandb/examples/issues/444",
    "freeze-misspelt": "https://github.com/udacity/deep-learning-v2-pytorch/issues/12",
    "frozen-norm-learns": "https://github.com/lightly-ai/lightly/issues/1438",
    "future-leak": "https://github.com/pytorch/tutorials/issues/2478",
    "generator-gradients-from-discriminator/stay": "https://github.com/heykeetae/Self-Attention-GAN/issues/48",
    "generator-gradients-from-discriminator/thrown_away": "https://github.com/yunjey/pytorch-tutorial/issues/56",
    "generator-with-critic": "https://github.com/Zeleni9/pytorch-wgan/issues/51",
    "input-scale-differs/images_normalised_once": "https://github.com/JeasunLok/ResNet-pytorch/issues/1",
    "input-scale-differs/table_columns": "https://github.com/nttcslab/byol-a/issues/5",
    "labels-out-of-range/bce_mask_255": "https://github.com/milesial/Pytorch-UNet/issues/78",
    "loads-itself": "https://github.com/datawhalechina/easy-rl/issues/140",
    "logits-are-probabilities": "https://github.com/ekapolc/RL_course_2019/pull/6",
    "loss-arguments-swapped": "https://github.com/autonomousvision/sledge/issues/4",
    "loss-broadcast": "https://github.com/RITCHIEHuang/DeepRL_Algorithms/issues/13",
    "loss-detached": "https://github.com/nikhilsinghmus/image2reverb/issues/37",
    "mask-inverted": "https://github.com/mlwithme/TransformerTranslation/issues/6",
    "mask-of-queries": "https://github.com/hyunwoongko/transformer/pull/40",
    "mask-without-effect/float_mask_added": "https://github.com/timeseriesAI/tsai/issues/171",
    "mask-without-effect/mask_fill_zero": "https://github.com/hyunwoongko/transformer/issues/10",
    "mask-without-effect/tiny_negative": "https://github.com/awslabs/gluonts/pull/1401",
    "mean-is-deviation": "https://github.com/kaist-dmlab/TRAP/pull/1",
    "nll-without-log/ctc_raw_logits": "https://github.com/gwx314/STARS/issues/9",
    "norm-never-measured": "https://github.com/CuriousAI/mean-teacher/issues/9",
    "norm-never-measured/averaged_model": "https://github.com/mosaicml/composer/issues/624",
    "nothing-pushes-apart": "https://github.com/lightly-ai/lightly/issues/559",
    "one-class-cross-entropy": "https://github.com/ultralytics/yolov3/issues/191",
    "optimiser-remade": "https://github.com/nianticlabs/manydepth/issues/46",
    "optimizer-never-steps": "https://github.com/Lornatang/ESRGAN-PyTorch/issues/39",
    "pairs-turned": "https://github.com/tanatosuu/GDE/issues/3",
    "pads-in-loss": "https://github.com/lukas-blecher/LaTeX-OCR/issues/305",
    "plateau-mode/accuracy": "https://github.com/md-mohaiminul/ViS4mer/issues/4",
    "plateau-mode/loss_with_max": "https://github.com/FunctionLab/selene/issues/115",
    "plateau-of-last-batch": "https://github.com/NVIDIA/DeepLearningExamples/pull/299",
    "position-by-row": "https://github.com/songyangco/GETNext/issues/2",
    "rate-of-zero/steplr_gamma_zero": "https://github.com/LINCellularNeuroscience/VAME/issues/26",
    "ratio-always-one": "https://github.com/higgsfield-ai/higgsfield/issues/20",
    "scaler-fitted-before-split": "https://github.com/scikit-learn/scikit-learn/issues/24695",
    "scaler-fitted-before-split/scaler_refit_test": "https://github.com/campusx-official/100-days-of-machine-learning/issues/75",
    "schedule-not-resumed": "https://github.com/PolymathicAI/the_well/issues/77",
    "scored-rows-in-loss": "https://github.com/waittim/graph-fraud-detection/issues/3",
    "softmax-of-one": "https://github.com/DEEP-PolyU/KEQA_WSDM19/issues/2",
    "target-is-input/shifted_twice": "https://github.com/huggingface/transformers/issues/47394",
    "target-is-own-value": "https://github.com/vwxyzjn/cleanrl/pull/337",
    "target-with-gradient": "https://github.com/datawhalechina/easy-rl/pull/117",
    "targets-not-signs": "https://github.com/datawhalechina/thorough-pytorch/issues/39",
    "term-thrown-away": "https://github.com/nikhilsinghmus/image2reverb/issues/37",
    "term-without-gradient/distil_teacher_twice": "https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/66",
    "variance-as-deviation": "https://github.com/rachtsingh/ibp_vae/issues/3",
    "weights-not-loaded": "https://github.com/pytorch/examples/issues/1029",
    "windows-across-parts": "https://github.com/Y-debug-sys/Diffusion-TS/issues/67",
    "divided-by-other-count/means_over_rows": "https://github.com/pytorch/tutorials/issues/1486",
    "term-without-gradient/detached_output": "https://github.com/yifita/deep_cage/issues/16",
    "logits-cut-at-half/joined_batches": "https://github.com/FenTechSolutions/CausalDiscoveryToolbox/issues/38",
    "shuffled-apart/in_one_object": "https://github.com/mlcommons/GaNDLF/pull/870",
    "scheduler-pace/decays_each_batch": "https://github.com/ivadomed/ivadomed/pull/55",
    "train-rows-in-validation/copies_scored_elsewhere": "https://github.com/scikit-learn-contrib/imbalanced-learn/pull/776",
}


def source_of(program: str) -> str | None:
    """The report of a program, RULE/FILE, or else of its rule."""
    return SOURCES.get(program) or SOURCES.get(program.partition("/")[0])
