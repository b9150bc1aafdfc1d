from kgents.api.asking import OpenExperiment as OpenExperiment
from kgents.api.asking import open as open  # noqa: A004
from kgents.api.experiments import acompare as acompare
from kgents.api.experiments import adecide as adecide
from kgents.api.experiments import aestimate as aestimate
from kgents.api.experiments import compare as compare
from kgents.api.experiments import decide as decide
from kgents.api.experiments import estimate as estimate
from kgents.api.experiments import resume as resume
from kgents.api.planning import plan as plan
from kgents.api.records import history as history
from kgents.api.records import load as load
from kgents.api.result import NotSupported as NotSupported
from kgents.api.result import Result as Result
from kgents.cli.library import generate as generate
from kgents.cli.library import laws as laws
from kgents.cli.library import parse as parse
from kgents.errors import KgentsError as KgentsError
from kgents.errors import UsageError as UsageError
from kgents.kinds.callable.trial import Trial as Trial

__version__: str
__all__: list[str]
