# Two commands do everything on a fresh machine: `make demo` and `make test`.
.PHONY: demo test test-slow test-fast test-model test-matrix test-lowest wheel campaign fuzz check bench docs clean

demo: .venv/.stamp-demo
	scripts/demo

test: .venv/.stamp-dev
	scripts/test

test-slow: .venv/.stamp-dev
	scripts/test-slow

test-model: .venv/.stamp-dev
	scripts/test-model

test-fast: .venv/.stamp-dev
	scripts/test-fast

test-matrix: .venv/.stamp-dev
	scripts/matrix

test-lowest: .venv/.stamp-dev
	scripts/lowest

wheel:
	scripts/wheel

campaign: .venv/.stamp-dev
	scripts/campaign

fuzz: .venv/.stamp-dev
	scripts/fuzz

check: .venv/.stamp-dev
	scripts/check

docs: .venv/.stamp-dev
	scripts/docs

bench: .venv/.stamp-dev
	scripts/bench

.venv/.stamp-demo: pyproject.toml constraints.txt scripts/setup
	scripts/setup demo

.venv/.stamp-dev: pyproject.toml constraints.txt scripts/setup
	scripts/setup dev

clean:
	rm -rf .venv build dist
