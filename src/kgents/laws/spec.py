"""What the user says about a target."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LawSpec:
    """What the user says about a target; what is left out is discovered.

    compose   an operator (">>"), the name of a method, a template ("{0}.then({1})") or a function of two elements
    identity  an expression, or the value itself
    elements  a type, a Hypothesis strategy, a sequence of values, or an expression of one of them
    observe   a function of an element, an expression of one, or a template ("{0}(x)")
    probes    what x is, in `observe` and in the laws of functors and monads: as `elements`
    image     a homomorphism, a function of an element; `image_compose` composes what it gives (default: as `compose`)
    sample    draws one element: a function of a `random.Random`, or an expression of `random`; declares the sampler of
              a stochastic target
    """

    compose: Any = None
    identity: Any = None
    elements: Any = None
    observe: Any = None
    probes: Any = None
    inverse: Any = None
    plus: Any = None
    map: Any = None
    unit: Any = None
    bind: Any = None
    image: Any = None
    image_compose: Any = None
    sample: Any = None


class Source(str):
    """Text that is an expression, where a text could be meant as a value."""

    __slots__ = ()
