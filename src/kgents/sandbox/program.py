"""What a fork server serves: the function that its children run, with the modules, limits and environment that it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

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
    also         functions that children of the same server may run instead of `main`
    """

    main: str = MAIN
    modules: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    limits: Limits = CANDIDATE
    hash_seed: str = "0"
    trusted: bool = False
    environment: Environment = field(default_factory=standard)
    also: tuple[str, ...] = ()

    @property
    def mains(self) -> tuple[str, ...]:
        """Every function that children of its server may run."""
        return (self.main, *self.also)

    def serving(self, others: Iterable["Program"]) -> "Program":
        """The same, in a server that has the modules of others too, so that its children may run their functions."""
        every = (self, *others)
        return replace(
            self,
            modules=tuple(dict.fromkeys(name for each in every for name in each.modules)),
            preload=tuple(dict.fromkeys(name for each in every for name in each.preload)),
            also=tuple(dict.fromkeys(name for each in every for name in each.mains if name != self.main)),
        )

    def serves(self, other: "Program") -> bool:
        """Whether a child of this program's server can run the other: all is equal but the function, with the modules for
        it, and the seconds of CPU, which each child is told.
        """
        as_this = replace(
            other,
            main=self.main,
            modules=self.modules,
            preload=self.preload,
            limits=replace(other.limits, cpu_s=self.limits.cpu_s),
            also=self.also,
        )
        return (
            as_this == self
            and {*other.mains} <= {*self.mains}
            and {*other.modules} <= {*self.modules}
            and {*other.preload} <= {*self.preload}
        )
