"""What the text of a spec reveals of its inputs: numbers and words, lengths, separators, formats, patterns, parsers."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from kgents.verify.reference.inside.parts import samples

PARSERS = {
    "fromisoformat": "isodate", "urlparse": "url", "urlsplit": "url", "parse_qs": "query", "parse_qsl": "query",
    "ip_address": "ip", "ip_network": "network", "IPv4Network": "network", "IPv4Address": "ip", "read_string": "ini",
    "fromstring": "xml", "UUID": "uuid", "parseaddr": "email", "Decimal": "decimal", "Fraction": "decimal",
    "literal_eval": "literal", "int": "number", "float": "number", "b64decode": "base64", "fromhex": "hex",
    "unhexlify": "hex", "unquote": "quoted", "unquote_plus": "quoted", "quote": "unsafe", "quote_plus": "unsafe",
    "urlencode": "unsafe", "unescape": "markup", "escape": "unsafe", "fnmatch": "wildcard", "fnmatchcase": "wildcard",
    "Template": "template", "expandtabs": "tabbed", "dedent": "indented",
}  # fmt: skip
_PLACES, _SIGNS = 20, 64  # of a text of which each place has its signs, at most; signs from a first to a last
_CUTTERS = frozenset({"split", "rsplit", "partition", "rpartition", "count", "find", "index", "replace", "join"})
_STARTS = frozenset({"startswith", "removeprefix", "lstrip", "match"})
_ENDS = frozenset({"endswith", "removesuffix", "rstrip"})
_EXOTIC = frozenset({"isascii", "normalize", "casefold", "encode"})
_FOLDERS = frozenset({"walk", "listdir", "scandir", "iterdir", "rglob", "glob"})
_TIMES = frozenset({"getmtime", "st_mtime", "st_mtime_ns", "getctime", "st_ctime", "getatime", "st_atime"})
FILES = frozenset({"open", "Path", "read_text", "write_text", "exists", *_FOLDERS})
_ALL = frozenset({"findall", "finditer", "sub", "subn"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_PATTERNS = frozenset({"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})


@dataclass(slots=True)
class Facts:
    """What a module mentions.

    integers, floats, strings  its constants
    lengths                    integers that a len() is compared with, and ends of slices
    fields                     into how many parts a text is cut
    tokens                     whether texts are cut at white space
    slices                     (begin, end) of parts that are taken by place; an end of 0 is that of the text
    placed                     signs that the code asks for at a place of a text (`square[0] in "abcdefgh"`)
    separators, prefixes, suffixes, patterns, formats, parsers  what texts are cut by, begin with … are parsed by
    methods                    attributes that are read
    samples                    examples in the prose of docstrings
    kinds                      builtin classes that isinstance() is asked about
    keys                       of dicts that have to be there: they are read, and it is never asked whether they are there
    alphabets                  signs that are the keys of one table, and those that are in its values
    all_matches                whether every match of a pattern in a text counts
    lines, bits, loops, …      whether texts have lines, ints are bits, range() is used, text other than
                               ASCII is meant, stdin is read, files are opened, it is asked when
                               they were changed, cells of grids are read, something is put in order, parts of seconds count,
                               None is spoken of, or truth asked of what may be it
    """

    integers: set[int] = field(default_factory=set)
    floats: set[float] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    lengths: set[int] = field(default_factory=set)
    slices: set[tuple[int, int]] = field(default_factory=set)
    placed: dict[int, str] = field(default_factory=dict)
    fields: set[int] = field(default_factory=set)
    tokens: bool = False
    separators: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    suffixes: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    parsers: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    samples: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    alphabets: set[str] = field(default_factory=set)
    all_matches: bool = False
    lines: bool = False
    bits: bool = False
    loops: bool = False
    exotic: bool = False
    stdin: bool = False
    files: bool = False
    times: bool = False
    grids: bool = False
    sorts: bool = False
    microseconds: bool = False
    nones: bool = False


def called(node: ast.AST) -> str:
    """The last name of what is called; '' where nothing is."""
    return str(getattr(node.func, "attr", getattr(node.func, "id", ""))) if isinstance(node, ast.Call) else ""


def facts_of(tree: ast.Module) -> Facts:
    """The facts of a whole module."""
    facts = Facts()
    stated = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    documents = {id(value) for value in stated if isinstance(value, ast.Constant)}
    facts.samples = [text for node in ast.walk(tree) if isinstance(node, _DOCUMENTED) for text in _samples(node)]
    messages = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    for node in ast.walk(tree):
        read = _READERS.get(type(node))
        if read is not None and id(node) not in documents and id(node) not in messages:
            read(node, facts)
    facts.keys = _needed(tree)
    truths = any(isinstance(node, ast.BoolOp | ast.Not) for node in ast.walk(tree))
    facts.nones = truths or any(isinstance(node, ast.Constant) and node.value is None for node in _values(tree))
    return facts


def _values(tree: ast.Module) -> list[ast.AST]:
    """The nodes that are no annotations."""
    told = [node.annotation for node in ast.walk(tree) if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation]
    told += [node.returns for node in ast.walk(tree) if isinstance(node, Function) and node.returns]
    inner = {id(part) for node in told for part in ast.walk(node)}
    return [node for node in ast.walk(tree) if id(node) not in inner]


def _needed(tree: ast.Module) -> set[str]:
    """Keys that are read by subscript only; none where a missing one is caught."""
    read: set[str] = set()
    perhaps: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=kind):
                caught = (
                    {part.id for part in ast.walk(kind) if isinstance(part, ast.Name)} if kind is not None else set()
                )
                if kind is None or caught & {"KeyError", "LookupError", "Exception", "BaseException"}:
                    return set()
            case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Load()):
                read.add(key)
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                perhaps.add(key)
            case ast.Call(func=ast.Attribute(), args=[ast.Constant(value=str(key)), *_]):
                perhaps.add(key)
            case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()]):
                perhaps.add(key)
    return read - perhaps


def _samples(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return samples(ast.get_docstring(node) or "")


def _constant(node: ast.Constant, facts: Facts) -> None:
    value = node.value
    if type(value) is int and abs(value) < 1 << 63:
        facts.integers.add(value)
    elif type(value) is float:
        facts.floats.add(value)
    elif type(value) is str and value and len(value) < 200:
        facts.strings.add(value)
        facts.exotic |= not value.isascii()
        facts.lines |= "\n" in value


def _compare(node: ast.Compare, facts: Facts) -> None:
    parts = [node.left, *node.comparators]
    _placed(node, facts)
    if any(called(part) == "len" for part in parts) or len(parts) > 2:
        facts.lengths |= {part.value for part in parts if isinstance(part, ast.Constant) and type(part.value) is int}


def _placed(node: ast.Compare, facts: Facts) -> None:
    match node:
        case ast.Compare(
            left=ast.Subscript(slice=ast.Constant(value=int(index))),
            ops=[ast.In() | ast.NotIn()],
            comparators=[ast.Constant(value=str(signs))],
        ) if 0 <= index < _PLACES and signs:
            facts.placed[index] = signs
        case ast.Compare(
            left=ast.Constant(value=str(first)),
            comparators=[ast.Subscript(slice=ast.Constant(value=int(index))), ast.Constant(value=str(last))],
        ) if 0 <= index < _PLACES and len(first) == len(last) == 1 and 0 < ord(last) - ord(first) < _SIGNS:
            facts.placed[index] = "".join(map(chr, range(ord(first), ord(last) + 1)))


def _subscript(node: ast.Subscript, facts: Facts) -> None:
    cell = isinstance(node.value, ast.Subscript) and not isinstance(node.value.slice, ast.Slice | ast.Constant)
    facts.grids |= cell and not isinstance(node.slice, ast.Slice | ast.Constant)
    match node.slice:
        case ast.Slice(lower=lower, upper=upper, step=None):
            ends = [_whole(end) for end in (lower, upper)]
            if None not in ends:
                facts.slices.add((ends[0] or 0, ends[1] or 0))
        case ast.Constant(value=int(index)) if type(index) is int:
            facts.slices.add((index, index + 1))


def _whole(end: ast.expr | None) -> int | None:
    """The number of an end of a slice, 0 where there is none; None where it is no small constant."""
    if end is None:
        return 0
    try:
        value = ast.literal_eval(end)
    except ValueError:
        return None
    return value if type(value) is int and abs(value) < 100 else None


def _slice(node: ast.Slice, facts: Facts) -> None:
    ends = [end for end in (node.lower, node.upper) if isinstance(end, ast.Constant)]
    facts.lengths |= {end.value for end in ends if type(end.value) is int and 0 < end.value < 100}


def _assign(node: ast.Assign, facts: Facts) -> None:
    """How many names the parts of a text are given to."""
    cut = any(called(part) in ("split", "rsplit") for part in ast.walk(node.value))
    if (
        cut
        and isinstance(node.targets[0], ast.Tuple)
        and not any(isinstance(part, ast.Starred) for part in node.targets[0].elts)
    ):
        facts.fields.add(len(node.targets[0].elts))


def _dict(node: ast.Dict, facts: Facts) -> None:
    """The signs of a table."""
    keys = [part.value for part in node.keys if isinstance(part, ast.Constant) and type(part.value) is str]
    if len(keys) < 2 or any(len(key) != 1 for key in keys):
        return
    values = [part.value for part in node.values if isinstance(part, ast.Constant) and type(part.value) is str]
    facts.alphabets |= {"".join(signs) for signs in (keys, values) if signs}


def _operator(node: ast.BinOp, facts: Facts) -> None:
    facts.loops |= isinstance(node.op, ast.Pow) and not isinstance(node.right, ast.Constant)
    facts.bits |= isinstance(node.op, ast.LShift | ast.RShift | ast.BitAnd | ast.BitXor) and not _types(node)


def _types(node: ast.BinOp) -> bool:
    """Whether it is a set operation on displays, or the like."""
    return isinstance(node.left, ast.Set | ast.SetComp) or isinstance(node.right, ast.Set | ast.SetComp)


def _attribute(node: ast.Attribute, facts: Facts) -> None:
    facts.methods.add(node.attr)
    facts.microseconds |= node.attr == "microsecond"
    facts.all_matches |= node.attr in _ALL
    facts.times |= node.attr in _TIMES
    facts.stdin |= node.attr == "stdin"


def _call(node: ast.Call, facts: Facts) -> None:
    name = called(node)
    arguments = [inner for part in node.args for inner in (part.elts if isinstance(part, ast.Tuple) else [part])]
    texts = [part.value for part in arguments if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    owner = getattr(getattr(node.func, "value", None), "id", "")
    _texts(name, owner, texts, facts)
    if name == "isinstance" and len(node.args) == 2:
        facts.kinds |= {part.id for part in ast.walk(node.args[1]) if isinstance(part, ast.Name)}
    if name in PARSERS:
        facts.parsers.add(PARSERS[name])
    if owner == "shlex":
        facts.parsers.add("shell")
    facts.microseconds |= any(part.arg == "microsecond" for part in node.keywords)
    facts.tokens |= (
        name == "split" and not node.args and not isinstance(getattr(node.func, "value", None), ast.Constant)
    )
    facts.stdin |= name == "input"
    facts.lines |= name in ("splitlines", "StringIO")
    facts.loops |= name in ("range", "factorial", "comb")
    facts.exotic |= name in _EXOTIC
    facts.files |= name in FILES
    facts.sorts |= name in ("sorted", "sort", "min", "max")


def _texts(name: str, owner: str, texts: list[str], facts: Facts) -> None:
    if owner in ("re", "regex") and name in _PATTERNS:
        facts.patterns |= set(texts[:1])
    elif name == "strptime":
        facts.formats |= set(texts[-1:])
    elif name in _CUTTERS:
        facts.separators |= set(texts[:1])
    elif name in _STARTS:
        facts.prefixes |= set(texts)
    elif name in _ENDS:
        facts.suffixes |= set(texts)


_READERS: dict[type, Callable[..., None]] = {
    ast.Constant: _constant,
    ast.Assign: _assign,
    ast.Dict: _dict,
    ast.Compare: _compare,
    ast.Slice: _slice,
    ast.Subscript: _subscript,
    ast.BinOp: _operator,
    ast.Attribute: _attribute,
    ast.Call: _call,
}
