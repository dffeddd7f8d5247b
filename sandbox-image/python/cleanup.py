"""Removes everything that a hook leaves: processes and files."""

import os
import shutil
import signal
import stat
from os import getpid


def end_strangers(zygote: int | None) -> bool:
    """Whether other processes than the zygote exist after a hook. If so, all are killed, including the zygote."""
    if zygote is not None and not _reap_all() and _others() == [zygote]:
        return False
    while True:
        _kill_all()
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return True


def _reap_all() -> bool:
    """Reaps ended processes and returns whether there were any."""
    found = False
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            return found
        found = True


def wipe(workspace: str) -> bool:
    """Empties the workspace without following symbolic links. Returns whether it is empty now."""
    try:
        for entry in os.scandir(workspace):
            _remove(entry)
        return not os.listdir(workspace)
    except (OSError, RecursionError):
        return False


def _remove(entry: os.DirEntry) -> None:
    if entry.is_dir(follow_symlinks=False):
        os.chmod(entry.path, stat.S_IRWXU)
        shutil.rmtree(entry.path)
    else:
        os.unlink(entry.path)


def _others() -> list[int]:
    if getpid() == 1:
        # All other processes in this PID namespace are the zygote or a bot's.
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    return _children()


def _kill_all() -> None:
    for pid in [-1] if getpid() == 1 else _children():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _children() -> list[int]:
    with open(f"/proc/{getpid()}/task/{getpid()}/children") as children:
        return [int(pid) for pid in children.read().split()]
