// System calls a bubblewrap cell has no use for and the kernel's history of bugs lies in: refused before the kernel looks at
// them. A classic BPF program for bwrap --seccomp, written out here because nothing on the machine can compile one.
// Nested user namespaces end here too: `--disable-userns` cannot be combined with our id hook.

/** Number on x86_64 and on aarch64; null where the machine does not have the call. */
type Numbers = readonly [x64: number | null, arm64: number | null];

const refused: Readonly<Record<string, Numbers>> = {
  // Keys of the kernel belong to a user id, and all cells share theirs.
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  open_by_handle_at: [304, 265],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  quotactl: [179, 60],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  reboot: [169, 142],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  ioperm: [173, null],
  iopl: [172, null],
  modify_ldt: [154, null],
  uselib: [134, null],
};
const clone: Numbers = [56, 220];
const unshare: Numbers = [272, 97];
const clone3: Numbers = [435, 435];
const ioctl: Numbers = [16, 29];

const socket: Numbers = [41, 198];

/** Packets written by hand pass below the rules of a sandbox's network. */
const packetFamily = 17;
const newUser = 0x1000_0000;
/** Typing into a terminal, and its twin on the console. */
const typing = [0x5412, 0x541c] as const;
/** The x32 calls share x86_64's mark and have numbers of their own. */
const x32Bit = 0x4000_0000;

const machines = {
  x64: { column: 0, mark: 0xc000_003e },
  arm64: { column: 1, mark: 0xc000_00b7 },
} as const;

const load = 0x20;
const jumpEqual = 0x15;
const jumpAtLeast = 0x35;
const jumpAnyBit = 0x45;
const give = 0x06;
const allow = 0x7fff_0000;
const errno = { EPERM: 0x0005_0001, ENOSYS: 0x0005_0026 } as const;
/** struct seccomp_data, little endian: nr, arch, instruction pointer, then six arguments of 8 bytes. */
const offset = { call: 0, machine: 4, first: 16, second: 24 } as const;
const instructionBytes = 8;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** Bytes for bwrap's `--seccomp`, or null on a machine whose call numbers are not known here. */
export function seccompProgram(arch: string): Buffer | null {
  if (arch !== "x64" && arch !== "arm64") return null;
  const { column, mark } = machines[arch];
  const number = (numbers: Numbers): number[] => [numbers[column]].filter((one) => one !== null);
  const when = (numbers: Numbers, then: readonly Instruction[]): Instruction[] =>
    number(numbers).flatMap((one) => [[jumpEqual, 0, then.length, one], ...then]);
  const no: Instruction = [give, 0, 0, errno.EPERM];
  const yes: Instruction = [give, 0, 0, allow];
  const absent: Instruction = [give, 0, 0, errno.ENOSYS];
  const unlessNewUser: Instruction[] = [[load, 0, 0, offset.first], [jumpAnyBit, 0, 1, newUser], no, yes];
  const unlessTyping: Instruction[] = [
    [load, 0, 0, offset.second],
    ...typing.flatMap((request): Instruction[] => [[jumpEqual, 0, 1, request], no]),
    yes,
  ];
  const unlessPacket: Instruction[] = [[load, 0, 0, offset.first], [jumpEqual, 0, 1, packetFamily], no, yes];
  return assemble([
    [load, 0, 0, offset.machine],
    [jumpEqual, 1, 0, mark],
    absent,
    [load, 0, 0, offset.call],
    ...(arch === "x64" ? ([[jumpAtLeast, 0, 1, x32Bit], absent] as const) : []),
    ...Object.values(refused).flatMap((numbers) => when(numbers, [no])),
    // Its flags lie in memory, out of a filter's sight; libraries fall back to clone.
    ...when(clone3, [absent]),
    ...when(clone, unlessNewUser),
    ...when(unshare, unlessNewUser),
    ...when(ioctl, unlessTyping),
    ...when(socket, unlessPacket),
    yes,
  ]);
}

function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * instructionBytes);
  for (const [at, [code, ifTrue, ifFalse, value]] of program.entries()) {
    const start = at * instructionBytes;
    bytes.writeUInt16LE(code, start);
    bytes.writeUInt8(ifTrue, start + 2);
    bytes.writeUInt8(ifFalse, start + 3);
    bytes.writeUInt32LE(value, start + 4);
  }
  return bytes;
}
