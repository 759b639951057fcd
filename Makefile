# What can be done here: `make help`. Needs Python 3.11 or newer, make, and a line to a package index for the set-up.

PYTHON ?= python3
VENV := .venv
TOOLS := $(VENV)/tools# of audit and sbom: their needs are not ours
BIN := $(VENV)/bin
# -qq: errors only; what takes long is said by the recipes
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# Bytecode is compiled by all cores at once; pip does it by one (35 s of a set-up). What fails are templates, not Python.
PIP_INSTALL := $(PIP) install --no-compile
COMPILE := { $(BIN)/python -m compileall -qq -j 0 -x /tests/ $(VENV)/lib || true; }
TORCH := $(shell sed -n 's/^\(torch==[^ ]*\).*/\1/p' constraints.txt)
# Where torch comes from, if not from pip's own index, e.g. the CPU builds:
#   make install TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# Tests go to whichever process is free, in runs that keep those of a file together.
# Bytecode is written, whatever the environment says: many tests start goodfit in a new process, 1 s of compiling each.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal
BENCHES := $(sort $(filter-out bench/_% bench/fuzz.py bench/faults.py bench/audit.py bench/same_bits.py bench/field.py bench/more_tables.py,$(wildcard bench/*.py)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install dev demo test lint types slow zoo zoo-peers field nightly gpu-test remote-test bench fuzz faults audit sbom \
        install-hashed keywords lessons lessons-notebooks docs clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

install: $(VENV)/.installed  ## set up .venv with the command goodfit in .venv/bin

install-hashed: $(VENV)/.torch  ## the same as install, and every file but PyTorch's must have its known SHA-256
	@$(PIP_INSTALL) --no-deps --require-hashes -r constraints-hashed.txt
	@$(PIP_INSTALL) --no-deps -e .
	@$(COMPILE)
	@touch $(VENV)/.installed

dev: $(VENV)/.installed-dev  ## the same, with what the tests and checks need

demo: install  ## train on a small real data set and look at the result (under a minute)
	@$(BIN)/goodfit demo

test: dev lint  ## all that CI runs: lint, types (a test), tests, documented examples
	@$(PYTEST)

lint: dev  ## style and layout of the code
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: dev  ## types of the code
	@$(BIN)/mypy

slow: dev  ## the tests that take minutes
	@$(PYTEST) -m "slow and not gpu"

zoo: dev  ## programs with silent mistakes, and awkward correct ones: what goodfit finds
	@$(PYTEST) -m "not slow and not gpu" tests/checks/test_zoo.py

zoo-peers: dev  ## the same programs under other tools from the package index, beside goodfit
	@$(PIP_INSTALL) --no-deps --target .peers --upgrade torch-audit==0.3.0 guardtower==0.1.0 gradsnitch==0.1.0 preflight-ml==0.1.1
	@$(BIN)/python zoo/manifest.py && PYTHONPATH=.peers $(BIN)/python zoo/zoo.py --other

field: dev  ## public programs that you have fetched, with and without the watcher: make field FOLDER=...
	@$(BIN)/python bench/field.py $(FOLDER)

nightly: dev lint  ## everything that needs no GPU: test, slow and zoo in one
	@$(PYTEST) -m "not gpu"

gpu-test:  ## the tests that need a CUDA GPU, where there is one
	@for python in $(BIN)/python $(PYTHON); do \
	    if $$python -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then \
	        PYTHONPATH="src:$$PYTHONPATH" exec $$python -m pytest -m gpu; \
	    fi; \
	done; \
	echo "gpu-test: no CUDA GPU is seen by torch here, so nothing was run."

remote-test: dev  ## data at https:// and s3:// addresses, from servers of this machine
	@$(PIP_INSTALL) -c constraints.txt -e '.[remote]' 'moto[server]>=5'
	@$(BIN)/python -m pytest -m "" tests/data/test_remote.py tests/run/test_remote_data.py

bench: dev  ## the measurements behind docs/benchmarks.md
	@set -e; for bench in $(BENCHES); do echo "== $$bench"; $(BIN)/python $$bench; done

fuzz: dev  ## 10,000 generated and damaged files: each is read right, or refused in one clear line
	@$(BIN)/python bench/fuzz.py

faults: dev  ## 168 fits, killed over 200 times in every phase, resumed and compared bit for bit
	@$(BIN)/python bench/faults.py

audit: install $(TOOLS)/.installed  ## known vulnerabilities of what is installed
	@$(BIN)/python bench/audit.py $(TOOLS)/bin/pip-audit $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

sbom: install $(TOOLS)/.installed  ## bill of materials of what is installed: build/sbom.json, CycloneDX
	@mkdir -p build
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
	    -o build/sbom.json $(BIN)/python
	@echo "build/sbom.json: $$(grep -c '"purl"' build/sbom.json) packages"

keywords: dev  ## write the typed keywords of goodfit.fit again, after a change of options
	@PYTHONPATH=src $(BIN)/python tests/fitting/make_keywords.py

lessons: dev  ## repeat the experiments of docs/lessons and write their figures into the pages (ONLY=7: one of them)
	@PYTHONPATH=src:bench $(BIN)/python -m lessons $(if $(ONLY),--only $(ONLY)) $(HOW)

lessons-notebooks: dev  ## the lessons as notebooks, in build/notebooks
	@PYTHONPATH=src:bench $(BIN)/python -m lessons.notebooks

docs: install  ## the site of the docs, in build/site: guides, lessons, rules, reference
	@$(PIP_INSTALL) -c constraints.txt -e '.[docs]'
	@$(BIN)/python docs/site/stage.py build/site-source
	@$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/site-doctrees build/site-source build/site
	@echo "build/site/index.html: $$(find build/site -name '*.html' | wc -l) pages"

clean:  ## remove what was set up and built; your runs stay
	rm -rf $(VENV) .peers build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamp files: a second `make install` or `make test` goes straight to work.
$(VENV)/.torch: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "goodfit needs Python 3.11 or newer, and '$(PYTHON)' is not: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	    { echo "'$(PYTHON)' cannot make a virtual environment: install its venv package (Debian: apt install python3-venv)" >&2; exit 2; }
	@[ -x $(BIN)/python ] || { echo "making $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@$(PIP) show $(TORCH:torch==%=torch) 2>/dev/null | grep -q '^Version: $(TORCH:torch==%=%)' || { \
	    echo "installing PyTorch (about 200 MB for the CPU build) ..."; \
	    $(PIP_INSTALL) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH); }
	@touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml
	@echo "installing goodfit and what it needs (about 100 MB) ..."
	@$(PIP_INSTALL) -c constraints.txt -e .
	@$(COMPILE)
	@touch $@
	@echo "ready: $(BIN)/goodfit"

$(TOOLS)/.installed:
	@echo "installing pip-audit and cyclonedx-bom (about 30 MB) ..."
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip -qq --disable-pip-version-check install pip-audit==2.10.1 cyclonedx-bom==7.5.0
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.torch pyproject.toml
	@echo "installing goodfit and the tools of its tests (about 150 MB) ..."
	@$(PIP_INSTALL) -c constraints.txt -e '.[dev]'
	@$(COMPILE)
	@touch $(VENV)/.installed $@
