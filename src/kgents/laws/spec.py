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
    zero      the neutral element of `plus`, as `identity`
    insert    composes operations at an input: "{0}.compose({1}, {2})", {1} an index from 0; `arity` counts inputs
    restrict, glue, domain   of sections: "{0}.restrict({1})", of two sections, and the set of points a section is over
    ap        applies what holds a function, {0}, to what holds a value, {1}
    traverse  "{0}.traverse({1}, {2})", {1} a function into an applicative and {2} its `pure`
    get, put  of a lens: "{0}.x", and "replace({0}, x={1})"
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
    zero: Any = None
    insert: Any = None
    arity: Any = None
    restrict: Any = None
    glue: Any = None
    domain: Any = None
    ap: Any = None
    traverse: Any = None
    get: Any = None
    put: Any = None
    sample: Any = None


class Source(str):
    """Text that is an expression, where a text could be meant as a value."""

    __slots__ = ()
