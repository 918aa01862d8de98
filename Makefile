# Two commands on a fresh machine: `make run` and `make test`.

BIN := .venv/bin
PYTEST_ARGS ?= -n auto --dist loadfile --durations=15
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# What was installed counts only while the environment runs and stands where it was made.
$(shell $(BIN)/python -c '' 2>/dev/null && grep -qsF '$(CURDIR)/$(BIN)/python' $(BIN)/pip \
	|| rm -f .venv/.run-ready .venv/.test-ready)

.PHONY: run test bench lock clean

run: .venv/.run-ready
	$(BIN)/gridmap demo

test: .venv/.test-ready
	.ci/install-test-tools.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# The measured comparisons; on a machine that does nothing else.
bench: .venv/.test-ready
	.ci/install-test-tools.sh
	$(BIN)/python tests/benchmarks/run.py

# The stamp is written last: an interrupted installation is done again.
.venv/.run-ready: requirements.lock setup.cfg pyproject.toml
.venv/.test-ready: requirements-test.lock setup.cfg pyproject.toml
.venv/.run-ready .venv/.test-ready:
	.ci/install-python.sh
	@echo "Installing the locked dependencies: a minute or two the first time."
	$(BIN)/python -m pip install --quiet --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# One lock holds for every system and Python; `make lock UPGRADE=--upgrade` takes newer releases.
# What tests do not need, such as what they are measured beside, is not locked.
TESTED = --extra cluster --extra notebook --extra test
COMPILE = echo 'setuptools>=77' | $(BIN)/uv pip compile --quiet --no-config --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' $(UPGRADE) setup.cfg -

lock:
	.ci/install-python.sh
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) $(TESTED) --constraint requirements.lock --output-file requirements-test.lock

clean:
	rm -rf .venv build dist *.egg-info
