"""What a fork server serves: the function that its children run, with the modules, limits and environment that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kgents.sandbox.environment import Environment, standard
from kgents.sandbox.inside.messages import LimitsData


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one process: seconds of CPU, MiB of address space, bytes of a file, open files, threads of the user."""

    cpu_s: int = 10
    as_mb: int = 1024
    fsize: int = 0
    nofile: int = 32
    nproc: int | None = 64

    def to_data(self) -> LimitsData:
        """For the fork server's configuration."""
        return {
            "cpu_s": self.cpu_s,
            "as_mb": self.as_mb,
            "fsize": self.fsize,
            "nofile": self.nofile,
            "nproc": self.nproc,
        }

    @classmethod
    def of(cls, data: Mapping[str, int]) -> "Limits":
        """From {cpu_s, as_mb, …}; what is missing is the default."""
        return cls(**data)


CANDIDATE = Limits()
TESTS = Limits(cpu_s=3600, as_mb=2048, nproc=None)
MAIN = "kgents.sandbox.inside.candidate:main"


@dataclass(frozen=True, slots=True)
class Program:
    """What the children of one fork server run.

    main         MODULE:FUNCTION, called in a fresh fork with the descriptor of its end of a socket pair
    modules      modules and packages of kgents that are copied in, dotted; they may import the standard library, each
                 other and kgents.sandbox.inside, and are imported before the doors close
    preload      modules that are imported before the doors close where they can be
    trusted      ours: it may fork, and signal what it forked
    environment  the interpreter, and what can be imported
    """

    main: str = MAIN
    modules: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    limits: Limits = CANDIDATE
    hash_seed: str = "0"
    trusted: bool = False
    environment: Environment = field(default_factory=standard)
