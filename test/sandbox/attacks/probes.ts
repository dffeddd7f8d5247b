/** What a probe finds: a text to be equal to, or a pattern. */
export type Probe = [name: string, python: string, found: unknown];

/** What each probe may use. Its last expression is what it found; an error of the system is found by its name. */
export const PROBE_KIT = `
import ctypes, errno, glob, json, mmap, os, platform, resource, shutil, signal, socket, subprocess, sys, time
NUMBERS = {
    'x86_64': dict(mount=165, umount2=166, pivot_root=155, chroot=161, unshare=272, setns=308, ptrace=101, process_vm_readv=310,
        process_vm_writev=311, keyctl=250, add_key=248, request_key=249, bpf=321, perf_event_open=298, userfaultfd=323, io_uring_setup=425,
        memfd_create=319, memfd_secret=447, syslog=103, reboot=169, init_module=175, finit_module=313, kexec_load=246, swapon=167,
        settimeofday=164, clock_settime=227, sethostname=170, mknodat=259, setuid=105, setgid=106, setgroups=116, capset=126,
        name_to_handle_at=303, open_by_handle_at=304, kcmp=312, quotactl=179, acct=163, msgget=68, shmget=29, mq_open=240,
        personality=135, pidfd_getfd=438, fsopen=430, open_tree=428, move_mount=429, fanotify_init=300, lookup_dcookie=212, seccomp=317),
    'aarch64': dict(mount=40, umount2=39, pivot_root=41, chroot=51, unshare=97, setns=268, ptrace=117, process_vm_readv=270,
        process_vm_writev=271, keyctl=219, add_key=217, request_key=218, bpf=280, perf_event_open=241, userfaultfd=282, io_uring_setup=425,
        memfd_create=279, memfd_secret=447, syslog=116, reboot=142, init_module=105, finit_module=273, kexec_load=104, swapon=224,
        settimeofday=170, clock_settime=112, sethostname=161, mknodat=33, setuid=146, setgid=144, setgroups=159, capset=91,
        name_to_handle_at=264, open_by_handle_at=265, kcmp=272, quotactl=60, acct=89, msgget=186, shmget=194, mq_open=180,
        personality=92, pidfd_getfd=438, fsopen=430, open_tree=428, move_mount=429, fanotify_init=262, lookup_dcookie=18, seccomp=277),
}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(4096)

def call(name, *arguments):
    ctypes.set_errno(0)
    answer = libc.syscall(NUMBERS[name], *arguments)
    return f'ok {answer}' if answer >= 0 else errno.errorcode[ctypes.get_errno()]

def read(path):
    with open(path, 'rb') as file:
        return file.read(100).decode('latin-1')

def write(path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    os.write(file, b'x')
    return 'written'

def status(name):
    return next(line.split(':\\t')[1].strip() for line in open('/proc/self/status') if line.startswith(name + ':'))

def control(v1, v2):
    for path in ('/sys/fs/cgroup/' + v1, '/sys/fs/cgroup/' + v2):
        if os.path.exists(path): return read(path).strip()

def mount(place):
    return next(line.split()[2:4] for line in open('/proc/self/mounts') if line.split()[1] == place)

def connect(host, port):
    one = socket.socket()
    one.settimeout(3)
    one.connect((host, port))
    return 'connected'

def opened(*kind):
    socket.socket(*kind).close()
    return 'opened'

def child(act):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try: found = act()
        except OSError as error: found = errno.errorcode.get(error.errno, str(error))
        except BaseException as error: found = repr(error)
        os.write(writing, str(found).encode())
        os._exit(0)
    os.close(writing)
    found = os.read(reading, 4096).decode()
    os.close(reading)
    _, ended = os.waitpid(pid, 0)
    return found or f'signal {os.WTERMSIG(ended)}'

def ran(*command, **more):
    done = subprocess.run(command, capture_output=True, **more)
    return 'ran' if done.returncode == 0 else done.stderr.decode('latin-1').strip().splitlines()[-1]

def fill(path, most):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written = 0
    try:
        with open(path, 'wb', 0) as file:
            while written < most: written += file.write(bytes(1 << 20))
        return 'no end'
    except OSError as error:
        return f'{errno.errorcode[error.errno]} at {written >> 20} MiB'
    finally:
        os.unlink(path)

def until_refused(act, most):
    for count in range(most):
        try: act(count)
        except OSError as error: return [errno.errorcode[error.errno], count]
    return ['no end', most]

def remembered(bytes_at_once, most):
    held = []
    while len(held) * bytes_at_once < most: held.append(b'x' * bytes_at_once)
    return 'no end'

def until_threads_end():
    import threading
    held = []
    while len(held) < 500:
        try:
            held.append(threading.Thread(target=time.sleep, args=(60,), daemon=True))
            held[-1].start()
        except RuntimeError:
            return f'{len(held)} threads'
    return 'no end'

def probe(act):
    try: return act()
    except OSError as error: return errno.errorcode.get(error.errno, str(error))
    except BaseException as error: return type(error).__name__ + ': ' + str(error)
`;

const REFUSED = /^E(PERM|NOSYS)$/;
const NOT_WRITTEN = /^E(ROFS|ACCES|PERM|NOENT)$/;
const NOT_READ = /^E(ACCES|PERM|NOENT|IO)$/;
const NOWHERE = /^E(NETUNREACH|CONNREFUSED|AI_AGAIN|AFNOSUPPORT|HOSTUNREACH)$/;

/** Every line of `containerOptions`, seen from inside. */
export const CONFINEMENT: Probe[] = [
  ['nobody’s user', '[os.getuid(), os.getgid(), os.getgroups()]', [10_001, 10_001, [10_001]]],
  [
    'no capability',
    `[status(name) for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')]`,
    Array(5).fill('0'.repeat(16)),
  ],
  ['no new privileges', `status('NoNewPrivs')`, '1'],
  ['a filter of system calls', `status('Seccomp')`, '2'],
  ['a root that cannot be written', `mount('/')[1].split(',')[0]`, 'ro'],
  [
    'a workspace in memory that runs nothing',
    `[mount('/workspace')[0], sorted(set(mount('/workspace')[1].split(',')) & {'noexec', 'nosuid', 'nodev', 'size=102400k', 'nr_inodes=4096', 'mode=700', 'uid=10001'})]`,
    ['tmpfs', ['mode=700', 'nodev', 'noexec', 'nosuid', 'nr_inodes=4096', 'size=102400k', 'uid=10001']],
  ],
  [
    'nothing else of disk or memory to write to',
    `[place for place in ('/', '/tmp', '/dev', '/dev/mqueue', '/dev/shm', '/run', '/var', '/etc', '/opt', '/opt/sandbox', '/home', '/sys', '/proc', '/proc/sys', '/sys/fs/cgroup') if os.access(place, os.W_OK)]`,
    [],
  ],
  ['256 MiB of memory', `control('memory/memory.limit_in_bytes', 'memory.max')`, String(256 << 20)],
  ['no swap', `control('memory/memory.memsw.limit_in_bytes', 'memory.swap.max')`, /^(268435456|0)$/],
  ['64 processes', `control('pids/pids.max', 'pids.max')`, '64'],
  ['one core', `control('cpu/cpu.cfs_quota_us', 'cpu.max')`, /^100000( 100000)?$/],
  ['half a share of the machine', `control('cpu/cpu.shares', 'cpu.weight')`, /^(512|20)$/],
  ['a first place among what the kernel kills', `read('/proc/self/oom_score_adj').strip()`, '1000'],
  ['256 open files', `resource.getrlimit(resource.RLIMIT_NOFILE)`, [256, 256]],
  ['no core dumps', `resource.getrlimit(resource.RLIMIT_CORE)`, [0, 0]],
  ['files of 110 MiB', `resource.getrlimit(resource.RLIMIT_FSIZE)`, [110 << 20, 110 << 20]],
  ['no shared memory', `os.path.exists('/dev/shm')`, false],
  [
    'one network interface, to itself',
    `[line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]`,
    ['lo'],
  ],
  [
    'no name server',
    `[line for line in open('/etc/resolv.conf') if 'nameserver' in line] if os.path.exists('/etc/resolv.conf') else []`,
    [],
  ],
  ['no way to anywhere', `len(open('/proc/net/route').readlines()) - 1`, 0],
  ['a name that says nothing', `[socket.gethostname(), platform.node()]`, ['bot', 'bot']],
  [
    'the environment of any other',
    `dict(os.environ)`,
    {
      PATH: '/usr/local/bin:/usr/bin',
      HOSTNAME: 'bot',
      HOME: '/workspace',
      TMPDIR: '/workspace',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      PYTHONHASHSEED: '0',
    },
  ],
  ['its workspace around it', 'os.getcwd()', '/workspace'],
  ['no terminal', '[os.isatty(fd) for fd in (0, 1, 2)]', [false, false, false]],
  ['no process but itself', `[name for name in os.listdir('/proc') if name.isdigit()]`, ['1']],
  [
    'nothing of the host mounted',
    `[line.split()[1] for line in open('/proc/self/mounts') if line.startswith('/dev/') and line.split()[1] not in ('/etc/hostname', '/etc/hosts', '/etc/resolv.conf')]`,
    [],
  ],
  [
    'no engine’s socket',
    `[path for path in ('/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock', '/run/podman/podman.sock') if os.path.exists(path)]`,
    [],
  ],
  ['no sockets of the host by an abstract name', `len([line for line in open('/proc/net/unix') if '@' in line])`, 0],
  [
    'no file that changes who runs it',
    `[os.path.join(folder, name) for root in ('/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc', '/opt') for folder, _, names in os.walk(root) for name in names if os.lstat(os.path.join(folder, name)).st_mode & 0o6000 and not os.path.islink(os.path.join(folder, name))]`,
    [],
  ],
  [
    'no shell and no tool',
    `[name for name in ('sh', 'bash', 'dash', 'perl', 'curl', 'wget', 'apt', 'mount', 'su', 'busybox', 'gcc', 'npm') if shutil.which(name)]`,
    [],
  ],
  [
    'no device but the harmless',
    `sorted(set(os.listdir('/dev')) - {'null', 'zero', 'full', 'random', 'urandom', 'tty', 'console', 'ptmx', 'pts', 'fd', 'stdin', 'stdout', 'stderr', 'core', 'mqueue', 'shm'})`,
    [],
  ],
];

/** What a process of its own tries there, with Python as it is and no guard of ours around it. */
export const BREAK_OUTS: Probe[] = [
  ...[
    '/x',
    '/etc/passwd',
    '/usr/x',
    '/opt/sandbox/x',
    '/var/x',
    '/run/x',
    '/dev/x',
    '/sys/fs/cgroup/x',
    '/sys/kernel/uevent_helper',
    '/proc/sys/kernel/core_pattern',
    '/proc/sysrq-trigger',
    '/sys/fs/cgroup/memory/release_agent',
    '/dev/shm/x',
  ].map((path): Probe => [`writing ${path}`, `write('${path}')`, NOT_WRITTEN]),
  ...[
    '/etc/shadow',
    '/proc/kcore',
    '/dev/mem',
    '/dev/kmem',
    '/dev/kvm',
    '/dev/vda',
    '/dev/sda',
    '/dev/fuse',
    '/dev/net/tun',
    '/sys/firmware/dmi/tables/DMI',
    '/var/lib/docker',
    '/root/.ssh',
    '/host',
    '/proc/scsi/scsi',
  ].map((path): Probe => [`reading ${path}`, `read('${path}')`, NOT_READ]),
  ['reading the kernel’s keys', `read('/proc/keys')`, /^(E\w+|)$/],
  ['reading the kernel’s timers', `read('/proc/timer_list')`, /^(E\w+|)$/],
  [
    'moving down among what the kernel kills',
    `child(lambda: open('/proc/self/oom_score_adj', 'w').write('0') and open('/proc/self/oom_score_adj').read())`,
    NOT_WRITTEN,
  ],
  [
    'raising its limits',
    `child(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)))`,
    /not allowed|EPERM|ValueError/,
  ],
  ['mount', `call('mount', b'none', b'/workspace', b'tmpfs', 0, 0)`, REFUSED],
  ['mounting again, writable', `call('mount', b'none', b'/', b'', 0x20, 0)`, REFUSED],
  ['umount', `call('umount2', b'/proc/keys', 2)`, REFUSED],
  ['pivot_root', `call('pivot_root', b'/', b'/workspace')`, REFUSED],
  ['chroot', `child(lambda: call('chroot', b'/workspace'))`, REFUSED],
  ...Object.entries({
    user: 0x10000000,
    mount: 0x20000,
    process: 0x20000000,
    network: 0x40000000,
    cgroup: 0x2000000,
    ipc: 0x8000000,
    name: 0x4000000,
    time: 0x80,
  }).map(
    ([name, flag]): Probe => [`a ${name} namespace of its own`, `child(lambda: call('unshare', ${flag}))`, REFUSED],
  ),
  ['setns', `call('setns', os.open('/proc/self/ns/net', os.O_RDONLY), 0)`, REFUSED],
  ['ptrace', `child(lambda: call('ptrace', 0x4206, os.getppid(), 0, 0))`, REFUSED],
  ['reading another’s memory', `child(lambda: call('process_vm_readv', os.getppid(), 0, 0, 0, 0, 0))`, REFUSED],
  ['writing another’s memory', `child(lambda: call('process_vm_writev', os.getppid(), 0, 0, 0, 0, 0))`, REFUSED],
  ['keyctl', `call('keyctl', 0, -3, 0, 0, 0)`, REFUSED],
  ['add_key', `call('add_key', b'user', b'x', b'y', 1, -3)`, REFUSED],
  ['request_key', `call('request_key', b'user', b'x', 0, -3)`, REFUSED],
  ['bpf', `call('bpf', 0, room, 64)`, REFUSED],
  ['perf_event_open', `call('perf_event_open', room, 0, -1, -1, 0)`, REFUSED],
  ['userfaultfd', `call('userfaultfd', 1)`, REFUSED],
  ['io_uring', `call('io_uring_setup', 4, room)`, REFUSED],
  ['a file of memory', `call('memfd_create', b'x', 0)`, REFUSED],
  ['secret memory', `call('memfd_secret', 0)`, REFUSED],
  ['the kernel’s log', `call('syslog', 3, room, 200)`, REFUSED],
  ['reboot', `call('reboot', 0, 0, 0, 0)`, REFUSED],
  [
    'loading a kernel module',
    `[call('init_module', room, 4, b''), call('finit_module', 0, b'', 0)]`,
    [REFUSED, REFUSED],
  ],
  ['another kernel', `call('kexec_load', 0, 0, 0, 0)`, REFUSED],
  ['swap', `call('swapon', b'/workspace/x', 0)`, REFUSED],
  ['setting the clock', `[call('settimeofday', room, 0), call('clock_settime', 0, room)]`, [REFUSED, REFUSED]],
  ['another host name', `call('sethostname', b'x', 1)`, REFUSED],
  ['making a device', `call('mknodat', -100, b'/workspace/disk', 0o60666, 254 << 8)`, REFUSED],
  [
    'becoming root',
    `[child(lambda: call('setuid', 0)), child(lambda: call('setgid', 0)), child(lambda: call('setgroups', 0, 0))]`,
    [REFUSED, REFUSED, REFUSED],
  ],
  ['opening by handle', `call('open_by_handle_at', -100, room, 0)`, REFUSED],
  ['comparing processes', `call('kcmp', 1, 1, 0, 0, 0)`, REFUSED],
  ['quotas and accounting', `[call('quotactl', 0, 0, 0, 0), call('acct', 0)]`, [REFUSED, REFUSED]],
  ['System V messages and memory', `[call('msgget', 0, 0o1000), call('shmget', 0, 4096, 0o1000)]`, [REFUSED, REFUSED]],
  ['POSIX queues', `call('mq_open', b'q', 0o102, 0o600, 0)`, REFUSED],
  ['another process’s file', `call('pidfd_getfd', 0, 0, 0)`, REFUSED],
  [
    'the new mount calls',
    `[call('fsopen', b'tmpfs', 0), call('open_tree', -100, b'/', 1), call('move_mount', -1, b'', -1, b'', 0)]`,
    [REFUSED, REFUSED, REFUSED],
  ],
  ['watching the whole file system', `call('fanotify_init', 0, 0)`, REFUSED],
  ['another personality', `child(lambda: call('personality', 0x0400000))`, REFUSED],
  ['a raw socket', `opened(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)`, REFUSED],
  ['a packet socket', `opened(socket.AF_PACKET, socket.SOCK_RAW)`, /^E(PERM|AFNOSUPPORT)$/],
  ['a socket to the kernel', `opened(socket.AF_NETLINK, socket.SOCK_RAW)`, /^E(PERM|AFNOSUPPORT)$/],
  ['a socket to the hypervisor', `opened(40, socket.SOCK_STREAM)`, /^E(PERM|AFNOSUPPORT)$/],
  ['a socket to the kernel’s ciphers', `opened(38, socket.SOCK_SEQPACKET)`, /^E(PERM|AFNOSUPPORT)$/],
  ['a message queue', `write('/dev/mqueue/x')`, 'EROFS'],
  // A datagram socket that connects looks for a route and sends nothing.
  ...['169.254.169.254', '10.0.0.1', '172.17.0.1', '192.168.1.1', '100.100.100.200', '192.0.2.1'].map(
    (host): Probe => [
      `a route to ${host}`,
      `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('${host}', 80))`,
      NOWHERE,
    ],
  ),
  ['a route over IPv6', `socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(('fd00:ec2::254', 80))`, NOWHERE],
  [
    'running a file of its workspace',
    `[shutil.copy('/bin/true' if os.path.exists('/bin/true') else '/lib64/ld-linux-x86-64.so.2', '/workspace/program'), os.chmod('/workspace/program', 0o755), probe(lambda: ran('/workspace/program'))][2]`,
    /EACCES|Permission denied/,
  ],
  [
    'running it through the loader',
    `probe(lambda: ran(glob.glob('/lib*/ld-linux*')[0] if glob.glob('/lib*/ld-linux*') else glob.glob('/lib/*/ld-linux*')[0], '/workspace/program'))`,
    /EACCES|Operation not permitted|failed to map|ENOENT|cannot/,
  ],
  [
    'loading it as a library',
    `ctypes.CDLL('/workspace/program') and 'loaded'`,
    /failed to map|not permitted|cannot|OSError|^E|None/,
  ],
  [
    'mapping it to be executed',
    `mmap.mmap(os.open('/workspace/program', os.O_RDONLY), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC) and 'mapped'`,
    /^E(PERM|ACCES)$/,
  ],
  [
    'a link out of the workspace',
    `[os.symlink('/etc/shadow', '/workspace/link'), probe(lambda: read('/workspace/link'))][1]`,
    NOT_READ,
  ],
  ['a hard link to what it cannot write', `os.link('/etc/passwd', '/workspace/hard')`, /^E(XDEV|PERM|ROFS)$/],
  ['filling the workspace', `[fill('/workspace/full', 400 << 20)]`, [/^ENOSPC at (9\d|100) MiB$/]],
  ['a temporary file', `write('/tmp/x')`, 'EROFS'],
  [
    'many small files',
    `[os.mkdir('/workspace/many'), until_refused(lambda i: os.close(os.open(f'/workspace/many/{i}', os.O_CREAT | os.O_WRONLY)), 10000), shutil.rmtree('/workspace/many')][1]`,
    ['ENOSPC', expectBelow(4_096)],
  ],
  ['many open files', `child(lambda: until_refused(lambda i: os.open('/dev/null', 0), 5000)[0])`, 'EMFILE'],
  [
    'a fork bomb',
    `[(pids := []), until_refused(lambda i: pids.append(os.fork() or (time.sleep(60), os._exit(0))), 500), [os.kill(pid, 9) for pid in pids], [os.waitpid(pid, 0) for pid in pids]][1]`,
    ['EAGAIN', expectBelow(64)],
  ],
  ['a bomb of threads', `child(lambda: until_threads_end())`, /^\d\d threads$/],
  ['a memory bomb', `child(lambda: remembered(1 << 22, 1 << 30))`, 'signal 9'],
  [
    'a memory bomb of shared pages',
    `child(lambda: (lambda m: [m.__setitem__(i, 1) for i in range(0, 1 << 30, 4096)] and 'no end')(mmap.mmap(-1, 1 << 30)))`,
    'signal 9',
  ],
];

function expectBelow(most: number) {
  return { asymmetricMatch: (count: unknown) => typeof count === 'number' && count > 0 && count < most };
}
