"""Errors of a run, with the codes of bot-sdk/contract.ts."""

DETAIL = 500
CODES = frozenset(
    "POST_LIMIT BODY_TOO_LARGE OUTPUT_LIMIT STATE_TOO_LARGE STALE_STATE BAD_EFFECT MODULE_NOT_ALLOWED FETCH_BLOCKED "
    "FETCH_LIMIT UNREACHABLE".split()
)


class Coded(Exception):
    """The sandbox refused a request. The bot may catch it; if it does not, this code is the result of the run."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class ModuleNotAllowed(Coded, ModuleNotFoundError):
    """An import that the manifest does not declare."""

    def __init__(self, module: str, allowed: list[str], line: int | None = None) -> None:
        Coded.__init__(self, "MODULE_NOT_ALLOWED", f"there is no module {module[:200]}")
        self.module = module[:200]
        self.allowed = allowed
        self.line = line


def run_error(error: BaseException, source_name: str) -> dict:
    """The error of a run that ended with this exception."""
    coded = _coded(error)
    if coded is not None:
        return coded_error(coded, _line_in(coded, source_name))
    if isinstance(error, MemoryError):
        return {"code": "MEMORY_LIMIT", "detail": "out of memory"}
    if isinstance(error, RecursionError):
        return {"code": "STACK_OVERFLOW", "detail": "stack overflow"}
    return {"code": "BOT_THREW", "detail": told(error, _line_in(error, source_name))}


def coded_error(error: Coded, line: int | None = None) -> dict:
    if not isinstance(error, ModuleNotAllowed):
        return {"code": error.code, "detail": clean(error.detail)}
    detail = _with_line(error.detail, error.line or line)
    return {"code": error.code, "detail": clean(detail), "module": error.module, "allowed": error.allowed}


def outcome_of(code: str) -> str:
    if code == "TIMEOUT":
        return "timed_out"
    return "killed" if code in ("MEMORY_LIMIT", "STACK_OVERFLOW", "RUNNER_CRASHED") else "threw"


def told(error: BaseException, line: int | None) -> str:
    try:
        text = ": ".join(filter(None, [type(error).__name__, str(error)]))
    except Exception:
        # Inspecting the thrown value throws as well.
        text = type(error).__name__
    return clean(_with_line(text, line))


def _with_line(text: str, line: int | None) -> str:
    return f"{text[: DETAIL - 20]} (line {line})" if line else text


def clean(text: str) -> str:
    return text[:DETAIL].encode("utf-8", "replace").decode()


def _coded(error: BaseException) -> Coded | None:
    # Read directly from Python's storage, because the bot's class could override attribute access.
    reason = object.__getattribute__(error, "__dict__").get("reason")
    for candidate in (error, reason, *BaseException.args.__get__(error)[:1]):
        if isinstance(candidate, Coded) and type(candidate.code) is str and candidate.code in CODES:
            return candidate
    return None


def _line_in(error: BaseException, source_name: str) -> int | None:
    line, traceback = None, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == source_name:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
