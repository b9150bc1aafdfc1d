"""llama.cpp's server with a model, on a port of the loopback interface that is free; ends with its standard input.

Runs in the interpreter that `scripts/local-model` made; prints the address. `serve.py WEIGHTS SLOTS`
"""

import sys

import xllamacpp  # type: ignore[import-not-found]

CONTEXT = 1024  # tokens of one question with its answer

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_parallel = int(sys.argv[2])
parameters.n_ctx = CONTEXT * int(sys.argv[2])
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
parameters.model_alias = {"gemma-3-270m"}
parameters.ui = False
parameters.verbosity = 0
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
