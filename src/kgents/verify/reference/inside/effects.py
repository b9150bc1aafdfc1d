"""What a spec reads of the world beside its arguments, found by name. Imports and aliases are unfolded first."""

import ast
import re
from collections.abc import Iterator

EFFECTS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "the clock": r"time\.(time|time_ns|monotonic\w*|perf_counter\w*|process_time\w*|sleep|ctime\(\)|localtime\(\)|gmtime\(\)"
        r"|strftime\([^,]*\))|.*\b(date|datetime)\.(today|now|utcnow)\b",
        "chance": r"(numpy|np)\.random\.(?!default_rng\(.|RandomState\(.|Generator|seed)|random\.(?!Random\(.|Random$|seed$)\w"
        r"|random\.Random\(\)|secrets\.|os\.urandom|uuid\.uuid[14]\b|random\.SystemRandom",
        "the environment": r"os\.(environ|getenv|getcwd|getlogin|getpid|getppid|getuid|cpu_count|uname|path\.expanduser"
        r"|path\.abspath|listdir\(('/|\"/|\)))|.*\bPath\.(home|cwd)\b|platform\.|getpass\.|locale\.|sys\.(argv|platform|version\w*"
        r"|executable)|threading\.(get_ident|current_thread)|tempfile\.",
        "the network": r"urllib\.request|urlopen|requests\.|httpx\.|socket\.|http\.client|aiohttp\.|smtplib\.|ftplib\.",
        "other processes": r"subprocess\.|os\.(system|popen|fork|exec\w+|spawn\w+|kill)\b|multiprocessing\.|signal\.",
        "id() or hash()": r"(builtins\.)?(id|hash)\(|object\.__hash__",
    }.items()
}


def effects_of(tree: ast.Module) -> list[str]:
    """The kinds of effects that a module names, in the order of EFFECTS."""
    texts = list(_names(tree))
    return [kind for kind, pattern in EFFECTS.items() if any(pattern.match(text) for text in texts)]


def _names(tree: ast.Module) -> Iterator[str]:
    """Every dotted name and call of the module with the names of its modules."""
    meant = _imports(tree)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call | ast.Attribute | ast.Name):
            text = ast.unparse(node)
            head = re.match(r"\w*", text)
            name = head[0] if head else ""
            if name in meant:
                yield meant[name] + text[len(name) :]
            elif name not in own and (
                name in ("id", "hash", "object", "urlopen", "__import__") or "import_module" in text
            ):
                yield text


def _imports(tree: ast.Module) -> dict[str, str]:
    meant: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            meant |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                meant[alias.asname or first] = alias.name if alias.asname else first
    for node in ast.walk(tree):
        _alias(node, meant)
    return meant


def _alias(node: ast.AST, meant: dict[str, str]) -> None:
    """Names that are assigned a module or a part of one, or what import_module gives."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
        return
    text = ast.unparse(node.value)
    loaded = re.fullmatch(r"(?:.*\bimport_module|__import__)\((['\"])([\w.]+)\1\)", text)
    if loaded:
        meant[node.targets[0].id] = loaded[2]
    elif isinstance(node.value, ast.Name | ast.Attribute) and text.partition(".")[0] in meant:
        head, dot, rest = text.partition(".")
        meant.setdefault(node.targets[0].id, meant[head] + dot + rest)
