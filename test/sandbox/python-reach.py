"""Follows every attribute that a bot may read, from all that it is given, and tells which lead out. Run by a test."""

import _random
import builtins
import json
import os
import random
import sys
import time
import types
from collections import deque

DEPTH = 5
FORBIDDEN = {
    id(made): name
    for name, made in {
        **{name: getattr(builtins, name) for name in ("eval", "exec", "compile", "__import__", "open", "vars", "globals")},
        **{name: getattr(time, name) for name in ("time", "monotonic", "sleep", "perf_counter")},
        **{"random.Random": random.Random, "_random.Random": _random.Random, "os.urandom": os.urandom, "os.system": os.system},
    }.items()
}
LEAVES = (
    type("".join), type("".__add__), type(str.join), type(str.__add__), type(None), types.GetSetDescriptorType,
    types.MemberDescriptorType, types.ClassMethodDescriptorType, int, float, str, bytes, bool,
)  # fmt: skip

import preload

preload.everything()

import bot_code
import child
import random_source
import guard_attributes
import guard_builtins
import guard_modules
import kernel

guard_attributes.begin(guard_modules.view_ids(), (random_source.Random, random_source.SystemRandom))

import asyncio
import logging

FORBIDDEN[id(sys.modules)] = "sys.modules"
for module in list(sys.modules.values()):
    FORBIDDEN[id(vars(module))] = f"the variables of {module.__name__}"


async def nothing():
    pass


loop = asyncio.new_event_loop()
coroutine = nothing()
given = {
    **guard_modules._views,
    "builtins": guard_builtins.bot_builtins(None),
    "loop": loop,
    "task": loop.create_task(coroutine),
    "logger": logging.getLogger("x"),
    "record": logging.makeLogRecord({}),
    "stream": child.logs.out,
    "generator": (i for i in [1]),
}
waiting = deque((name, thing, 0) for name, thing in given.items())
seen, ways = {}, []
views = guard_modules.view_ids()
while waiting:
    path, thing, depth = waiting.popleft()
    if id(thing) in seen:
        continue
    seen[id(thing)] = thing
    is_module = isinstance(thing, types.ModuleType) and id(thing) not in views
    if id(thing) in FORBIDDEN or is_module or isinstance(thing, (types.FrameType, types.CodeType)):
        ways.append(f"{path}: {FORBIDDEN.get(id(thing), type(thing).__name__)}")
        continue
    if depth > DEPTH or isinstance(thing, LEAVES):
        continue
    for name in dir(thing):
        try:
            found = guard_attributes.get_attribute(thing, name)
        except BaseException:
            continue
        is_guard = isinstance(found, types.FunctionType) and str(found.__module__).startswith("guard")
        if id(found) in FORBIDDEN or not (isinstance(found, LEAVES) or is_guard):
            waiting.append((f"{path}.{name}", found, depth + 1))
    if type(thing) in (list, tuple, set, frozenset):
        waiting.extend((f"{path}[]", item, depth + 1) for item in list(thing)[:200])
    elif isinstance(thing, (dict, types.MappingProxyType)):
        waiting.extend((f"{path}[{key!r:.40}]", item, depth + 1) for key, item in list(thing.items())[:500])

coroutine.close()
print(json.dumps({"ways": ways, "hasLooked": len(seen) > 5_000}))
