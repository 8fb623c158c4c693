// The whole program of the helper that makes system calls Node has no name for. It reads framed requests on stdin
// (`length, id, number, arguments`), calls, and answers on stdout. Whatever the inotify descriptor holds is sent before
// each answer, so an answer is a barrier: every event that happened before the request has arrived.

/** First word of a frame that carries inotify events instead of an answer. */
export const eventsId = 0xff_ff_ff_ff;
/** "System call" that makes descriptor `argument 1` the source of events. */
export const listenCall = 0xff_ff_ff_fe;

export const perlProgram = `
sub put {
  my $o = pack("N", length $_[0]) . $_[0];
  while (length $o) { my $w = syswrite(STDOUT, $o); defined $w or exit; substr($o, 0, $w, "") }
}
sub events {
  $e or return;
  while (sysread($e, my $b, 65536)) { put(pack("N", ${eventsId}) . $b) }
}
$in = "";
for (;;) {
  $r = ""; vec($r, 0, 1) = 1; vec($r, fileno $e, 1) = 1 if $e;
  select($r, undef, undef, undef) > 0 or next;
  events();
  vec($r, 0, 1) or next;
  sysread(STDIN, $in, 65536, length $in) or exit;
  while (length $in >= 4 and length $in >= 4 + ($n = unpack("N", $in))) {
    $m = substr($in, 4, $n); substr($in, 0, 4 + $n, "");
    ($id, $nr) = unpack("NN", $m);
    @p = (); $out = -1; $at = 8;
    while ($at < length $m) {
      ($t, $v) = unpack("aN", substr($m, $at, 5)); $at += 5;
      if ($t eq "i") { push @p, $v + 0 }
      elsif ($t eq "o") { $out = @p; push @p, "\\0" x ($v || 1) }
      else { push @p, substr($m, $at, $v); $at += $v }
    }
    if ($nr == ${listenCall}) { open($e, "<&=", $p[0]); put(pack("Nq>N", $id, 0, 0)); next }
    $! = 0; $ret = syscall($nr, @p); $no = $ret < 0 ? $! + 0 : 0;
    events();
    put(pack("Nq>N", $id, $ret, $no) . ($out >= 0 && $ret > 0 ? substr($p[$out], 0, $ret) : ""));
  }
}
`;
