"""How far an expression reaches left and right of a relation; nouns behind numbers are part of it.

Rule: an expression that could be the end of a longer one that is not understood is none.
"""

from collections.abc import Sequence

from kgents.laws.tracing.tokens import Kind, Token

FUNCTIONS = frozenset(
    [
        "log",
        "ln",
        "sin",
        "cos",
        "tan",
        "exp",
        "root",
        "gcd",
        "lcm",
        "choose",
        "max",
        "min",
        "average",
        "mean",
        "median",
        "mod",
        "modulo",
        "power",
        "base",
        "floor",
        "ceil",
        "log_2",
        "log_10",
        "sum",
        "product",
        "f",
        "g",
        "h",
    ]
)
OPERANDS = (Kind.NUMBER, Kind.TIME, Kind.NAME)
_MOST_NOUNS = 4
_LABELS = frozenset(
    [
        "step",
        "day",
        "problem",
        "case",
        "part",
        "question",
        "item",
        "number",
        "no",
        "line",
        "round",
        "level",
        "equation",
        "week",
        "page",
    ]
)


class Backward:
    """Walks from a relation to the left, over what can be one expression."""

    def __init__(self, row: Sequence[Token], relation: int) -> None:
        self._row, self._relation = row, relation
        self._depth = 0

    def start(self) -> int | None:
        """Where the expression begins; None where its beginning is not understood."""
        at = self._relation - 1
        while at >= 0:
            token, after = self._row[at], self._row[at + 1] if at + 1 < self._relation else None
            if token.kind is Kind.WORD and token.text != "sqrt":
                first = _words_from(self._row, at)
                if not self._continues(first, at, after):
                    return None if after is None or after.kind is Kind.OPERATOR else _behind(self._row, at)
                at = first - 1
            elif self._ends(token, at, after):
                return None if self._is_cut(token, at, after) else at + 1
            else:
                at -= 1
        return 0 if self._depth == 0 else None

    def _continues(self, first: int, at: int, after: Token | None) -> bool:
        """Whether words are nouns behind a number, or an operand of their own."""
        if _are_nouns(self._row, first, at, after):
            return True
        return (after is None or after.kind is Kind.OPERATOR) and _is_operand(self._row, first)

    def _ends(self, token: Token, at: int, after: Token | None) -> bool:
        """Whether the expression cannot hold this token."""
        match token.kind:
            case Kind.OPEN:
                self._depth -= 1
                return self._depth < 0 or self._is_call(token, at)
            case Kind.CLOSE:
                self._depth += 1
                return not _may_precede(after)
            case Kind.NUMBER:
                return not (_may_precede(after) or _goes_on(self._row, at, self._relation))
            case Kind.TIME | Kind.NAME:
                return not _may_precede(after)
        return token.kind is not Kind.OPERATOR and token.text != "sqrt"

    def _is_cut(self, token: Token, at: int, after: Token | None) -> bool:
        """Whether what ends an expression leaves open what stands before it."""
        match token.kind:
            case Kind.OPEN:
                return self._is_call(token, at) or (at > 0 and self._row[at - 1].kind is Kind.OPERATOR)
            case Kind.OTHER:
                return after is not None and after.glued
            case Kind.CLOSE | Kind.NUMBER | Kind.TIME | Kind.NAME:
                return False
        return self._depth != 0

    def _is_call(self, token: Token, at: int) -> bool:
        """Whether a bracket is that of a function: `f(2)`, `P(A)`, `gcd(4, 6)`; `x(x + 1)` is a product."""
        before = self._row[at - 1] if at else None
        if before is None or not token.glued or before.kind not in (Kind.WORD, Kind.NAME):
            return False
        return (before.kind is Kind.WORD and before.text != "sqrt") or before.text[0] in "fghPEVC"


def _behind(row: Sequence[Token], at: int) -> int | None:
    """Where an expression begins behind a word: not behind a function; behind the label in `Step 1 - 5 * 3 = 15`."""
    word = row[at].text.lower()
    if word.rstrip("_") in FUNCTIONS or word.endswith("_"):
        return None
    is_label = word in _LABELS and row[at + 1].kind is Kind.NUMBER and row[at + 2].text == "-" and not row[at + 2].glued
    return at + 3 if is_label else at + 1


def _words_from(row: Sequence[Token], at: int) -> int:
    while at and row[at - 1].kind is Kind.WORD and row[at - 1].text != "sqrt":
        at -= 1
    return at


def _are_nouns(row: Sequence[Token], first: int, last: int, after: Token | None) -> bool:
    """Whether words stand behind a number and before an operator, a bracket or the relation."""
    if (
        not first
        or last - first >= _MOST_NOUNS
        or row[first - 1].kind not in (*OPERANDS[:2], Kind.CLOSE, Kind.OPERATOR)
    ):
        return False
    if row[first - 1].kind is Kind.OPERATOR and row[first - 1].text != "/":
        return False
    return after is None or after.kind in (Kind.OPERATOR, Kind.CLOSE)


def _is_operand(row: Sequence[Token], first: int) -> bool:
    """Whether a run of words is an operand of its own: it begins a part, or follows an operator."""
    return not first or row[first - 1].kind in (Kind.BOUNDARY, Kind.OPERATOR, Kind.OPEN, Kind.RELATION)


def _may_precede(after: Token | None) -> bool:
    """Whether an operand or a closing bracket can stand before this token."""
    if after is None or after.kind in (Kind.OPERATOR, Kind.CLOSE, Kind.OPEN, Kind.WORD) or after.text == "sqrt":
        return True
    return after.kind is Kind.NAME and after.glued


def _goes_on(row: Sequence[Token], at: int, relation: int) -> bool:
    """Whether a number goes on with what follows it: `2 1/2`, `4 W`."""
    return row[at + 1].kind is Kind.NAME or is_mixed(row, at, relation)


def is_mixed(row: Sequence[Token], at: int, relation: int) -> bool:
    """Whether a number begins a mixed number: `2 1/2`."""
    rest = row[at + 1 : min(at + 4, relation)]
    return (
        len(rest) == 3 and row[at].places == 0 and rest[1].text == "/" and rest[2].kind is Kind.NUMBER
        and rest[0].kind is Kind.NUMBER and rest[0].value < rest[2].value and rest[1].glued and rest[2].glued
    )  # fmt: skip


class Forward:
    """Walks from a relation to the right, over what can be one expression."""

    def __init__(self, row: Sequence[Token], start: int) -> None:
        self._row = row
        self._at = self._last = self._start = start
        self._depth = 0
        self._operand = True  # whether an operand is to come

    def end(self) -> int | None:
        """Where the expression ends; None where its end is not understood."""
        going = True
        while going and self._at < len(self._row):
            token = self._row[self._at]
            step = self._begins(token) if self._operand else self._goes_on(token)
            if step is None:
                return None
            going = step
            if going:
                self._at += 1
                if not self._operand and self._depth == 0:
                    self._last = self._at
        return self._last if self._depth == 0 else None

    def _begins(self, token: Token) -> bool | None:
        """Takes what can begin an operand; None where nothing can."""
        if token.kind in OPERANDS or _is_word(token):
            self._at = words_to(self._row, self._at) if _is_word(token) else self._at
            self._operand = False
        elif token.kind is Kind.OPEN:
            self._depth += 1
        elif token.text not in ("-", "+", "sqrt"):
            return None
        return True

    def _goes_on(self, token: Token) -> bool | None:
        """Takes what can follow an operand; False where the expression ends, None where its end is not understood."""
        row, at = self._row, self._at
        match token.kind:
            case Kind.OPERATOR:
                if token.text == "-" and at + 1 < len(row) and row[at + 1].kind is Kind.WORD and not token.glued:
                    return False
                self._operand = token.text != "!"
            case Kind.CLOSE:
                self._depth -= 1
                return self._depth >= 0 or self._closes()
            case Kind.WORD if token.text != "sqrt":
                return self._takes_nouns()
            case Kind.OPEN:
                if not _multiplies(row, at):
                    return False
                self._depth += 1
                self._operand = True
            case Kind.NAME:
                return token.glued or row[at - 1].kind is Kind.NUMBER
            case Kind.NUMBER:
                return is_mixed(row, at - 1, len(row))
            case Kind.OTHER:
                return None if token.glued else False
            case _:
                return False
        return True

    def _closes(self) -> bool:
        """Leaves a bracket that was opened before the relation."""
        self._depth = 0
        return False

    def _takes_nouns(self) -> bool:
        """Takes the words behind an operand; whether the expression goes on behind them."""
        self._at = words_to(self._row, self._at)
        after = self._row[self._at + 1] if self._at + 1 < len(self._row) else None
        if after is None or after.kind in (Kind.OPERATOR, Kind.CLOSE):
            return True
        self._last = self._at + 1 if self._depth == 0 else self._last
        return False


def _is_word(token: Token) -> bool:
    return token.kind is Kind.WORD and token.text != "sqrt"


def words_to(row: Sequence[Token], at: int) -> int:
    while at + 1 < len(row) and row[at + 1].kind is Kind.WORD and row[at + 1].text != "sqrt":
        at += 1
    return at


def _multiplies(row: Sequence[Token], at: int) -> bool:
    """Whether a bracket behind an operand is a factor and no remark."""
    return row[at].glued and at + 1 < len(row) and row[at + 1].kind in OPERANDS
