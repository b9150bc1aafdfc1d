# Two commands do everything on a fresh machine: `make demo` and `make test`.
.PHONY: demo test check bench clean

demo: .venv/.stamp-demo
	scripts/demo

test: .venv/.stamp-dev
	scripts/test

check: .venv/.stamp-dev
	scripts/check

bench: .venv/.stamp-dev
	scripts/bench

.venv/.stamp-demo: pyproject.toml constraints.txt scripts/setup
	scripts/setup demo

.venv/.stamp-dev: pyproject.toml constraints.txt scripts/setup
	scripts/setup dev

clean:
	rm -rf .venv build dist
