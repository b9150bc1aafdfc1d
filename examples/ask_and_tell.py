"""A scheduler of your own: it asks which trials to run, runs them in its own pool, and tells outcomes as they come."""

from concurrent.futures import ThreadPoolExecutor, as_completed

import kgents as kg


def work(t: kg.Trial) -> bool:
    """What a worker somewhere would do with the seed of the trial."""
    return t.rng.random() < 0.97


if __name__ == "__main__":
    with kg.open(target=0.8, name="queue") as e, ThreadPoolExecutor(4) as pool:
        while not e.done:
            running = {pool.submit(work, t): t for t in e.ask(4, lease=600)}
            for future in as_completed(running):
                e.tell(running[future], future.result())
    print(e.result.sentence)
