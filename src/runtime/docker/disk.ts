/**
 * The disk of a Kafka node: a volume of the node's machine that the Kafka process has, too. It is
 * worked on from the machine, so also while the process is dead.
 *
 * What makes writes fail is real: `readOnly` is the immutable flag of the file system (open files
 * are refused as well, with EPERM), `full` is a tmpfs of a given size without a block left (ENOSPC),
 * `failing` puts a folder where Kafka writes the checkpoint of its high watermarks every 5 s (EISDIR),
 * which is one bad place on an otherwise good disk.
 */
import { DrillError } from "../../kernel/errors.ts";
import type { CutLog, DiskTrouble, ExecResult, NodeDisk } from "../runtime.ts";

export const DISK_MOUNT = "/var/lib/kafka";
const DATA = `${DISK_MOUNT}/data`;
const FILLER = `${DISK_MOUNT}/filler`;
const CHECKPOINT_NEXT = `${DATA}/replication-offset-checkpoint.tmp`;
const WORK_WITHIN_MS = 60_000;

/** Sets (argument 1) or clears (0) the immutable flag of everything below a folder. */
const IMMUTABLE = `
use strict;
my ($on, $top) = @ARGV; my $failed;
sub mark {
  my ($path) = @_; return if -l $path or not (-f $path or -d $path);
  open(my $file, "<", $path) or return;
  my $flags = pack("l", 0);
  ioctl($file, 0x80086601, $flags) or do { $failed = "$path: $!"; return };
  my $wanted = unpack("l", $flags); $wanted = $on ? $wanted | 0x10 : $wanted & ~0x10;
  ioctl($file, 0x40086602, pack("l", $wanted)) or $failed = "$path: $!";
  opendir(my $folder, $path) or return;
  for my $name (readdir($folder)) { mark("$path/$name") unless $name eq "." or $name eq ".." }
}
mark($top);
die "$failed\\n" if $failed;
`;

/**
 * Cuts every log where Kafka had not asked the kernel to write: from its recovery point on, and of
 * that only batches of the last so many ms (0: all), counted from the newest batch on this disk.
 * The metadata log is left alone: Kafka flushes it before it counts.
 */
const CUT_UNFLUSHED = `
use strict;
my ($data, $young) = @ARGV; my (%point, @logs, $newest);
if (open(my $file, "<", "$data/recovery-point-offset-checkpoint")) {
  while (<$file>) { $point{"$1-$2"} = $3 if /^(\\S+) (\\d+) (\\d+)$/ }
}
sub batches {
  my ($path, $each) = @_; open(my $file, "<:raw", $path) or return;
  my ($at, $size) = (0, -s $path);
  while ($at + 61 <= $size) {
    seek($file, $at, 0); read($file, my $head, 43) == 43 or last;
    my ($base, $length) = unpack("q> l>", $head);
    my ($delta) = unpack("l>", substr($head, 23, 4)); my ($time) = unpack("q>", substr($head, 35, 8));
    last if $length <= 0 or $each->($at, $base + $delta, $time); $at += 12 + $length;
  }
}
for my $folder (sort glob("$data/*-[0-9]*")) {
  next if $folder =~ m{/__cluster_metadata-\\d+$} or not -d $folder;
  (my $name = $folder) =~ s{.*/}{};
  my @segments = sort glob("$folder/*.log"); push @logs, [$name, @segments];
  for my $segment (@segments) {
    batches($segment, sub { $newest = $_[2] if !defined $newest or $_[2] > $newest; 0 });
  }
}
for my $log (@logs) {
  my ($name, @segments) = @$log; my ($cut, $lost) = (0, 0);
  for my $segment (@segments) {
    my $from = $cut ? 0 : undef;
    batches($segment, sub {
      return 0 if defined $from or $_[1] < ($point{$name} // 0) or ($young and $_[2] <= $newest - $young);
      $from = $_[0]; 1;
    }) unless $cut;
    next unless defined $from; $lost += (-s $segment) - $from;
    if ($cut) { (my $stem = $segment) =~ s/log$//; unlink glob("$stem*") }
    else { truncate($segment, $from) or die "$segment: $!\\n" }
    $cut = 1;
  }
  print "$name $lost\\n" if $lost > 0;
}
unlink "$data/.kafka_cleanshutdown";
`;

export interface DiskOptions {
  node: string;
  /** Whether it has a size of its own; else it would be the machine's disk that is filled. */
  sized: boolean;
  exec(argv: string[], withinMs?: number): Promise<ExecResult>;
}

export class Disk implements NodeDisk {
  readonly #options: DiskOptions;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  async identity(): Promise<string | null> {
    const script = `sed -n 's/^directory\\.id=//p' ${DATA}/meta.properties 2>/dev/null || true`;
    return (await this.#run("sh", "-c", script)).trim() || null;
  }

  async wipe(): Promise<void> {
    await this.#run("find", DATA, "-mindepth", "1", "-delete");
  }

  async cutUnflushed(youngerThanMs: number | null): Promise<CutLog[]> {
    const said = await this.#run("perl", "-e", CUT_UNFLUSHED, DATA, String(youngerThanMs ?? 0));
    return said
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [log = "", bytes = "0"] = line.split(" ");
        return { log, bytes: Number(bytes) };
      });
  }

  async spoil(how: DiskTrouble): Promise<void> {
    switch (how) {
      case "readonly":
        await this.#run("perl", "-e", IMMUTABLE, "1", DATA);
        return;
      case "failing":
        await this.#run("mkdir", "-p", CHECKPOINT_NEXT);
        return;
      case "full":
        if (!this.#options.sized) {
          throw new Error(`the disk of ${this.#options.node} has no size of its own to fill`);
        }
        // It is meant to end with "no space left".
        await this.#options.exec(["dd", "if=/dev/zero", `of=${FILLER}`, "bs=1M"], WORK_WITHIN_MS);
    }
  }

  async mend(): Promise<void> {
    await this.#run("perl", "-e", IMMUTABLE, "0", DATA);
    await this.#run(
      "sh",
      "-c",
      `rm -f ${FILLER}; [ ! -d ${CHECKPOINT_NEXT} ] || rmdir ${CHECKPOINT_NEXT}`,
    );
  }

  async writable(): Promise<boolean> {
    const probe = `${DATA}/.probe`;
    const script = `head -c 65536 /dev/zero >${probe} && mv ${probe} ${CHECKPOINT_NEXT} && rm ${CHECKPOINT_NEXT}`;
    const check = `[ ! -d ${CHECKPOINT_NEXT} ] && ${script}; done=$?; rm -f ${probe}; exit $done`;
    return (await this.#options.exec(["sh", "-c", check])).exitCode === 0;
  }

  async #run(...argv: string[]): Promise<string> {
    const done = await this.#options.exec(argv, WORK_WITHIN_MS);
    if (done.exitCode === 0) return done.output;
    const message = `the disk of ${this.#options.node}: ${done.output.trim()}`;
    throw new DrillError("E_FAULT_FAILED", message);
  }
}
