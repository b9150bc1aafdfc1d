"""A program that works on an input that it draws, in about 0.2 s of CPU, and fails for one seed in ten."""

import os
import random
import sys
import time

rng = random.Random(int(os.environ["KGENTS_SEED"]))
end = time.process_time() + 0.2
while time.process_time() < end:
    rng.random()
sys.exit(random.Random(int(os.environ["KGENTS_SEED"])).random() < 0.1)
