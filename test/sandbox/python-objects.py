class Thing:
    __slots__ = ("x", "__weakref__")

    def work(self):
        return self

    @property
    def kept(self):
        return 1

    @staticmethod
    def alone():
        return 2

    @classmethod
    def made(cls):
        return cls

    def parent(self):
        return super()


class Plain(Thing):
    pass


class Gone(Exception):
    pass


class Closing:
    def __init__(self, told):
        self.told, self.me = told, self

    def __del__(self):
        self.told.append(len(self.told))


def work(a=1, *, b=None):
    return a


async def later():
    await asyncio.sleep(1)
    return 1


async def pages():
    yield 1


def numbers():
    yield from range(3)


@contextlib.contextmanager
def opened():
    yield Thing()


@functools.lru_cache(maxsize=4)
def kept(value):
    return value


@functools.singledispatch
def chosen(value):
    return value


@dataclasses.dataclass
class Record:
    owner: Thing = dataclasses.field(default_factory=Thing)


class Colour(enum.Enum):
    RED = Thing()
    WORK = enum.member(work)


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def inside(test):
    """What there is only while a loop runs."""
    found = []

    async def look():
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(later(), name=None)
        found.extend([loop, task, asyncio.current_task(), loop.create_future(), loop.call_later(5, work), loop.call_soon(work)])
        found.extend([asyncio.gather(task), asyncio.shield(task), asyncio.timeout(3), *asyncio.all_tasks(), asyncio.TaskGroup()])
        found.extend([asyncio.ensure_future(later()), asyncio.wait_for(later(), 9), asyncio.Runner(), asyncio.to_thread(work)])
        test(found)
        await task

    asyncio.run(look())


# By name, for a difference to say what it is.
MAKERS = {
    "function": lambda: work,
    "lambda": lambda: lambda: 1,
    "class": lambda: Thing,
    "method": lambda: Thing().work,
    "unbound": lambda: Thing.work,
    "class method": lambda: Thing.made,
    "super": lambda: [Thing().parent(), super(Plain, Plain())],
    "descriptors": lambda: [property(work), staticmethod(work), classmethod(work), Thing.kept, Thing.x, functools.cached_property(work)],
    "method wrapper": lambda: [Thing().__str__, (1).__add__, "a".__len__, [].__iter__, int.__add__, str.join, dict.fromkeys],
    "builtins": lambda: [len, [].append, {}.get, "".join, set().add, b"".hex, collections.deque().append, random.random, print, id, getattr],
    "generator": lambda: [numbers(), (x for x in []), pages(), iter(numbers())],
    "coroutine": lambda: [later(), pages().asend(None), pages().aclose(), later().__await__()],
    "iterators": lambda: [zip([]), map(work, []), filter(None, []), enumerate([]), reversed([1]), iter([]), iter(()), iter({}), iter(set()), iter(""), iter(b""), iter(range(2)), iter(work, 1), iter(bytearray()), iter({}.items())],
    "itertools": lambda: [itertools.count(), itertools.cycle([1]), itertools.chain([]), itertools.tee([1]), itertools.groupby([1]), itertools.product([1]), itertools.islice([], 1), itertools.accumulate([]), itertools.starmap(work, []), itertools.zip_longest([]), itertools.pairwise([]), itertools.permutations([1]), itertools.combinations([1], 1), itertools.compress([], []), itertools.dropwhile(work, []), itertools.takewhile(work, [])],
    "views": lambda: [{Thing(): Thing()}.keys(), {1: Thing()}.values(), {1: Thing()}.items(), types.MappingProxyType({1: Thing()})],
    "partial": lambda: [functools.partial(work, Thing()), functools.partialmethod(work), functools.cmp_to_key(work)(Thing()), kept, kept.cache_info, chosen, chosen.register, operator.itemgetter(1), operator.attrgetter("x"), operator.methodcaller("work")],
    "managers": lambda: [opened(), contextlib.closing(Thing()), contextlib.suppress(KeyError), contextlib.ExitStack(), contextlib.AsyncExitStack(), contextlib.nullcontext(Thing()), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings()],
    "logging": lambda: [logging.getLogger(), logging.getLogger("a.b"), logging.StreamHandler(), logging.Formatter(), logging.makeLogRecord({"msg": Thing()}), logging.NullHandler(), logging.Filter(), logging.LoggerAdapter(logging.getLogger(), {}), logging.LogRecord("a", 1, "p", 3, "m", (Thing(),), None), *vars_of(logging.makeLogRecord({}))],
    "asyncio": lambda: [asyncio.Event(), asyncio.Lock(), asyncio.Queue(), asyncio.Semaphore(), asyncio.Condition(), asyncio.Barrier(2), asyncio.new_event_loop(), asyncio.Future(loop=asyncio.new_event_loop())],
    "buffers": lambda: [memoryview(b"a"), memoryview(bytearray(3))[1:], array.array("i", [1]), io.BytesIO(b"a"), io.StringIO("a"), io.BufferedReader(io.BytesIO()), io.TextIOWrapper(io.BytesIO())],
    "patterns": lambda: [re.compile("a"), re.match("a", "a"), re.finditer("a", "a"), string.Template("a"), string.Formatter(), re.compile("a").scanner("a")],
    "references": lambda: [weakref.ref(THING), weakref.proxy(THING), weakref.WeakKeyDictionary({THING: 1}), weakref.WeakValueDictionary({1: THING}), weakref.WeakMethod(THING.work), weakref.finalize(THING, work)],
    "errors": lambda: [raised(Gone(Thing())), raised(ExceptionGroup("a", [Gone(Thing()), KeyError(Thing())])), raised(KeyError(Thing())), raised(OSError(2, Thing())), raised(Gone()).__traceback__, raised(UnicodeDecodeError("utf-8", b"a", 0, 1, "r"))],
    "numbers": lambda: [decimal.getcontext(), decimal.Context(), decimal.localcontext(), fractions.Fraction(1, 3), float("nan"), complex("nan"), decimal.Decimal("nan"), random.Random(1), random.SystemRandom(), statistics.NormalDist()],
    "hashes": lambda: [hashlib.sha256(), hmac.new(b"a", b"b", "sha256"), zlib.compressobj(), zlib.decompressobj(), hashlib.sha3_256(), hashlib.shake_128()],
    "readers": lambda: [csv.reader([]), csv.writer(io.StringIO()), csv.DictReader([]), csv.excel, csv.Sniffer(), struct.Struct("i"), struct.iter_unpack("b", b"a"), shlex.shlex("a"), json.JSONDecoder(), json.JSONEncoder(), difflib.SequenceMatcher(), html.parser.HTMLParser(), email.message.EmailMessage(), email.policy.default, pprint.PrettyPrinter(), textwrap.TextWrapper()],
    "queues": lambda: [queue.Queue(), queue.SimpleQueue(), queue.PriorityQueue(), queue.LifoQueue(), heapq.merge([]), graphlib.TopologicalSorter()],
    "kinds": lambda: [types.SimpleNamespace(a=Thing()), types.MethodType(work, Thing()), types.new_class("X"), Colour.RED, Colour, Record(), dataclasses.field(), dataclasses.fields(Record), typing.TypeVar("T"), typing.List[Thing], typing.NamedTuple("N", [("a", int)])(Thing()), typing.NewType("U", int), typing.Optional[Thing], list[Thing], int | None, typing.get_type_hints(Record)],
    "collections": lambda: [collections.deque([Thing()]), collections.defaultdict(work), collections.Counter([THING]), collections.OrderedDict({1: Thing()}), collections.ChainMap({}), collections.UserDict({1: Thing()}), iter(collections.deque()), slice(Thing()), range(3), [Thing()], (Thing(),), {Thing()}, frozenset([Thing()])],
    "zones": lambda: [zoneinfo.ZoneInfo("Europe/Berlin"), datetime.timezone.utc, datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Tokyo")), calendar.TextCalendar(), uuid.uuid1(), uuid.uuid4(), uuid.getnode()],
    "modules": lambda: [sys, random, asyncio, email, sys.stdout, sys.stderr, sys.flags, sys.implementation, sys.thread_info],
    "network": lambda: [requests.Session(), requests.Request("GET", "https://a.test/"), requests.Response(), requests.adapters.HTTPAdapter(), urllib3.PoolManager(), http.cookiejar.CookieJar(), urllib.request.Request("https://a.test/"), urllib.request.build_opener(), socket.socket(), ssl.create_default_context(), socket.AF_INET, http.client.HTTPSConnection("a.test"), urllib3.util.Retry(), urllib3.util.Timeout()],
    "object": lambda: [object(), Thing(), Plain(), NotImplemented, ..., type, object, Thing.__mro__, abc.ABC, string, Gone, Gone.__init__, work.__annotations__, type.mro],
}
THING = Thing()
ARGUMENTS = [(), (1,), ("a",), ([1, 2],), (b"a",), (work,), (THING,), ("a", "b"), (work, [1])]
# They would end the hook, or change what the rest is shown by.
LEFT_OUT = {"exit", "quit", "setrecursionlimit", "disable", "shutdown", "sleep", "basicConfig", "setLoggerClass", "setLogRecordFactory", "simplefilter", "filterwarnings", "resetwarnings", "set_int_max_str_digits"}
BUILTINS = [object, type, int, str, bytes, bytearray, list, dict, set, frozenset, tuple, range, slice, memoryview, complex, float, bool, zip, map, filter, enumerate, reversed, property, staticmethod, classmethod, super, iter, open, dir, len, repr, callable]


def vars_of(record):
    return [getattr(record, name) for name in dir(record) if not name.startswith("_")]


class Walk:
    def __init__(self):
        self.told, self.found = {}, []

    def show(self, path, it):
        lines = []
        for act in (repr, str, format, hash, sys.getsizeof, id, ascii):
            try:
                lines.append(act(it))
            except BaseException as error:
                lines.append(f"{type(error).__name__}: {error}")
        self.told[path] = zlib.crc32(repr(lines).encode("utf-8", "replace"), self.told.get(path, 0))
        self.found.append(it)
        return lines

    def deep(self, path, it):
        """It, what it is asked for by name, and what comes of going through it."""
        self.show(path, it)
        for name in dir(it):
            try:
                self.show(path, getattr(it, name))
            except BaseException as error:
                self.show(path, str(error))

    def make(self, path, kind):
        for arguments in ARGUMENTS:
            try:
                made = kind(*arguments)
            except BaseException as error:
                self.show(path, str(error))
                continue
            self.show(path, made)
            if isinstance(kind, type):
                self.deep(path, made)

    def module(self, name, module):
        for name_inside in dir(module):
            if name_inside.startswith("__"):
                continue
            try:
                it = getattr(module, name_inside)
            except AttributeError:
                continue
            path = f"{name}.{name_inside}"
            self.show(path, it)
            if callable(it) and name_inside not in LEFT_OUT:
                self.make(path, it)

    def orders(self):
        """In which order sets of all that was found are gone through, and a sorting by hash and by number."""
        orders = {}
        for start in range(0, len(self.found), 500):
            place, unlike = {}, set()
            for i, it in enumerate(self.found[start : start + 500]):
                try:
                    unlike.add(it)
                except BaseException:
                    continue
                place.setdefault(id(it), i)
            orders[f"set {start}"] = zlib.crc32(repr([place.get(id(it)) for it in unlike]).encode())
            by_hash = sorted(unlike, key=lambda it: (hash(it), id(it)))
            orders[f"sorted {start}"] = zlib.crc32(repr([place.get(id(it)) for it in by_hash]).encode())
        return orders


class Bot:
    def __init__(self, ctx, params):
        self.ctx, self.params = ctx, params

    def on_timer(self, name):
        self.tell({"light": [repr(Thing()), len({Thing() for _ in range(200)})]})

    def on_init(self):
        walk, texts = Walk(), {}
        for name, make in MAKERS.items():
            made = make()
            for it in made if isinstance(made, list) else [made]:
                texts.setdefault(name, []).append(str(walk.show(name, it))[:300])
                walk.deep(name, it)
        inside(lambda found: texts.update({"in a loop": [str(walk.show("in a loop", it))[:300] for it in found]}))
        for kind in BUILTINS:
            walk.make(kind.__name__, kind)
        for name, module in MODULES.items():
            walk.module(name, module)
        self.tell({"texts": texts})
        told = list(walk.told.items())
        for start in range(0, len(told), 800):
            self.tell({"told": dict(told[start : start + 800])})
        self.tell({"orders": walk.orders(), "found": len(walk.found)})
        self.collect()
        self.deep()

    def collect(self):
        gone, keys, values = [], weakref.WeakKeyDictionary(), weakref.WeakValueDictionary()
        for i in range(2000):
            Closing(gone)
            thing = Thing()
            thing.x = thing
            keys[thing] = i
            values[i] = thing
        self.tell({"gone": [len(gone), gone[-3:]], "keys": list(keys.values())[:20], "alive": [len(keys), len(values)], "order": [keys[it] for it in set(keys)][:200]})

    def deep(self):
        depths = []
        for limit in (200, 1_000, 5_000):
            sys.setrecursionlimit(limit)
            try:
                self.down(depths, 0)
            except RecursionError as error:
                depths.append(str(error))
        nested = []
        for _ in range(3_000):
            nested = [nested]
        try:
            depths.append(len(repr(nested)))
        except RecursionError as error:
            depths.append(str(error))
        self.tell({"depths": [depths[-1], len(depths)]})

    def down(self, depths, depth):
        depths.append(depth)
        self.down(depths, depth + 1)

    def tell(self, body):
        self.ctx.post("bot", body)
