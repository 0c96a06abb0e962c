# SPDX-License-Identifier: MIT
# What the image says of its host, against what the host's own kernel says: parameters under /sys/module, counters, exits by reason. Input: all
# records of one log (build/idlelab export --jsonl, slurped). $questions: words, asked one by one; $args: the words that the VMM got. Output:
# lines of QUESTION, a verdict (right, dont_know, wrong), what was said, what is true, with tabs between.

def findings: [.[] | select(.t == "finding")] | group_by([.step, .id])
    | map({step: .[0].step, id: .[0].id, conf: .[0].conf, text: (unique_by(.p // 1) | map(.text) | join(""))});
def said($id): [findings[] | select(.id == $id)];
def fact($key): [.[] | select(.t == "host" and .k == $key) | .v] | last;
def number($key): (fact($key) // "0") | tonumber;
def scalars($step; $key): [.[] | select(.t == "stats" and .step == $step and .k == $key) | .v];
def exits($step; $reasons): [.[] | select(.t == "hstat" and .src == "exits" and .step == $step) | .d | to_entries[]
    | select(.key as $key | $reasons | index($key)) | .value] | add // 0;
def in_ns: capture("^(?<v>[0-9.]+) (?<u>ns|us|ms)") | (.v | tonumber) * {ns: 1, us: 1000, ms: 1000000}[.u];
def verdict($right): if $right then "right" else "wrong" end;
def line($question; $verdict; $said; $truth): [$question, $verdict, $said, ($truth | tostring)];

# How far the host polls: a growth of 0 never begins, one of 1 stays where it began.
def polls: number("kvm.halt_poll_ns_grow") as $grow
    | if $grow == 0 then 0
      elif $grow == 1 then [number("kvm.halt_poll_ns"), number("kvm.halt_poll_ns_grow_start")] | min
      else number("kvm.halt_poll_ns") end;

def judge_poll: . as $log | polls as $truth | said("halt_poll")[] | . as $f
    | if (.text | startswith("don't know")) then line("poll"; "dont_know"; .text; $truth)
      elif (.text | test("^no (halt polling|polling that adapts)")) then
          ((.text | capture("from (?<from>[0-9.]+ [num]+s) up to") | .from | in_ns) // 0) as $from
          | line("poll"; verdict($truth < $from or $truth == 0); .text; $truth)
      else ($log | scalars($f.step; "knee_low") | last // 0) as $low
          | ([($log | scalars($f.step; "knee_high")[]), ($log | scalars($f.step; "limit_at_most")[])] | max // 0) as $high
          | line("poll"; verdict($truth > 0 and $low <= $truth and $truth <= $high); $f.conf + ": " + .text; $truth) end;

def judge_control: polls as $truth | said("poll_control")[]
    | if (.text | test("moves the knee:") and (test("may |not ") | not)) then line("control"; verdict($truth > 0); .text; $truth)
      elif (.text | test("0 or 1, no knee")) then line("control"; (if $truth == 0 then "right" else "dont_know" end); .text; $truth)
      elif (.text | test("does not move the knee")) then line("control"; verdict($truth == 0); .text; $truth)
      else line("control"; "dont_know"; .text; $truth) end;

# What no guest can see of a rule is no question: the factor where the second budget is the limit already, the start where the first one is, and
# the divisor where a long halt leaves nothing and would by 4 as well, which is the largest that hosts have.
def left($top; $divisor; $start): if $divisor == 0 or $top / $divisor < $start then 0 else $top / $divisor end;
def shows($question): polls as $limit | number("kvm.halt_poll_ns_grow") as $grow | number("kvm.halt_poll_ns_grow_start") as $start
    | (if $grow == 1 then $start else $limit end) as $top
    | if $question == "start" then $start < $limit
      elif $question == "grow" then $start * $grow < $limit
      else left($top; 4; $start) > 0 or left($top; number("kvm.halt_poll_ns_shrink"); $start) > 0 end;

# Each part of the rule is a question of its own; no rule at all is none of them known.
def judge_rule: . as $log | polls as $truth |
    number("kvm.halt_poll_ns_grow") as $grow | number("kvm.halt_poll_ns_shrink") as $shrink | number("kvm.halt_poll_ns_grow_start") as $start
    | (said("halt_poll_rule")[0].text // "nothing") as $text
    | (if ($text | test("^grow ")) then
        ($text | capture("^grow (?<grow>[0-9?]+), shrink (?<shrink>[0-9?]+)( or >= (?<same>[0-9]+))?")) as $rule
        | line("grow"; (if $rule.grow == "?" then "dont_know" else verdict($rule.grow == ($grow | tostring)) end); $text; $grow),
          line("shrink"; (if $rule.shrink == "?" then "dont_know" else verdict($rule.shrink == ($shrink | tostring) or ($rule.same != null and $shrink >= ($rule.same | tonumber))) end); $text; $shrink),
          (if ($text | test("start (don't know|not known)")) then line("start"; "dont_know"; $text; $start)
           elif ($text | test("start [0-9]") | not) then error("the rule has new words: " + $text)
           else ($text | capture("start [0-9.]+ [num]s \\((?<low>[0-9.]+ [num]s) to (?<high>[0-9.]+ [num]s)\\)")) as $range
               | line("start"; verdict(($range.low | in_ns) <= $start and $start <= ($range.high | in_ns)); $text; $start) end)
      else ("grow", "shrink", "start") as $question
        | line($question; (if ($text | test("no rule of KVM's kind")) then "wrong" else "dont_know" end); $text; [$grow, $shrink, $start]) end)
    | . as $line | select($line[1] != "dont_know" or ($log | shows($line[0])));

# Instructions that leave, by the exits of the survey's own step, where each is run 64 times; registers of the APIC by whether it is virtual.
def judge_intercepts: . as $log | (said("intercepted")[0].text // "") as $text
    | ($text | capture("leave to a hypervisor: (?<leave>[^;]*); stay inside: (?<stay>[^;]*); can't tell: (?<dont_know>.*)")) as $groups
    | ((fact("kvm_intel.enable_apicv") // fact("kvm_amd.avic")) == "Y") as $virtual
    | ((fact("kvm_intel.enable_ipiv") // fact("kvm_amd.avic")) == "Y") as $sends # APICv alone takes EOI and SELF_IPI, not the ICR
    | {cpuid: (exits(1; ["cpuid"]) >= 48), hlt: (exits(1; ["hlt"]) >= 40), rdtsc: (exits(1; ["rdtsc"]) >= 48),
       pause: (exits(1; ["pause"]) >= 48), arm: true, icr: ($sends | not), eoi: ($virtual | not)} | to_entries[] | . as $insn
    | [$groups | to_entries[] | select(.value | split(" ") | index($insn.key)) | .key][0] as $where
    | line("leaves_" + .key; (if $where == "dont_know" or $where == null then "dont_know" else verdict(($where == "leave") == $insn.value) end);
           $where // "nothing"; (if .value then "leaves" else "stays" end));

# KVM runs MWAIT as a NOP, or does not intercept it: then it is the processor's, and that of TCG is a HLT.
def judge_mwait: (said("mwait_is")[0].text // "nothing") as $text | ($text | split(":")[0]) as $word
    | (if ($args | test("mwait") | not) then "nop" elif fact("kvm_amd.npt") != null then "hlt_like" else "real" end) as $truth
    | line("mwait"; (if ["real", "nop", "hlt_like", "at_once"] | index($word) then verdict($word == $truth) else "dont_know" end); $text; $truth);

# The module's parameters for the gap and the window; 0 switches it off. Intel's KVM only: AMD's counts PAUSEs, and TCG's SVM has no filter.
def judge_gap($gap): (said("ple_gap")[0].text // "PAUSEs 0 ticks apart are one loop: don't know") as $text
    | ($text | capture("PAUSEs (?<low>[0-9]+) ticks apart are one loop")) as $low
    | ($text | capture(", (?<high>[0-9]+) are not") // {high: null}) as $high
    | ($text | capture("the gap is (?<least>[0-9]+) or more") // {least: $low.low}) as $least
    | line("ple_gap"; (if ($text | test("don't know|no limit found")) then "dont_know"
                       else verdict(($least.least | tonumber) <= $gap and ($high.high == null or $gap <= ($high.high | tonumber))) end); $text; $gap);

def near($a; $b): ($a - $b) as $d | (if $d < 0 then -$d else $d end) <= 100 + $b / 50;
# Below the window it multiplies, from the window on it adds; a factor below 1 leaves it as it is set.
def growth($window): number("kvm_intel.ple_window_grow") | if . < 1 then "does not grow" elif . == 1 then "does not grow"
    elif . < $window then "times \(.) each exit" else "plus \(.) each exit" end;
def reset($window): number("kvm_intel.ple_window_shrink") | if . < 1 then "a rest resets it" elif . < $window then "a rest divides it by \(.)" else null end;
def judge_window($window): growth($window) as $growth | reset($window) as $reset | (said("ple_window")[0].text // "nothing") as $text
    | if ($text | test("exits after about") | not) then line("ple_window"; "dont_know"; $text; $window) else
        ($text | capture("exits after about (?<base>[0-9]+) ") | .base | tonumber) as $base
        | line("ple_window"; verdict(near($base; $window)); $text; $window),
          line("ple_growth"; (if ($text | test("growth not known")) then "dont_know" else verdict($text | contains($growth)) end); $text; $growth),
          (if $growth == "does not grow" then empty
           else line("ple_reset"; (if ($text | test("a rest") | not) then "dont_know" else verdict($text | contains($reset // "?")) end); $text; $reset) end) end;
def judge_ple: number("kvm_intel.ple_gap") as $gap | number("kvm_intel.ple_window") as $window
    | if $gap > 0 and $window > 0 then judge_gap($gap), judge_window($window)
      else [said("ple_gap")[], said("ple_window")[]] as $seen
          | if ($seen | length) > 0 then line("ple"; "wrong"; $seen[0].text; "off")
            else said("ple")[] | line("ple"; (if (.text | startswith("no PLE")) then "right" else "dont_know" end); .text; "off") end end;

# The shortest period of the host's periodic timers, asked for half of it.
def judge_floor: number("kvm.min_timer_period_us") as $us | (said("period_floored")[0].text // "nothing") as $text
    | line("floor"; (if ($text | test("a tick comes every") | not) then "dont_know"
                     else verdict(($text | capture("every (?<us>[0-9]+) us") | .us | tonumber) as $said | $said >= $us * 0.97 and $said <= $us * 1.03) end); $text; $us);

# KVM lets the host's limit of WAITPKG stand for its guests, too (Linux since 5.8); 0 is none.
def judge_cap: (number("umwait_max_time")) as $limit | (said("cap")[0].text // "nothing") as $text
    | line("cap"; (if ($text | startswith("no cap")) then verdict($limit == 0) elif ($text | test("waits end after [0-9]+"))
                   then verdict(near($text | capture("waits end after (?<at>[0-9]+)") | .at | tonumber; $limit)) else "dont_know" end); $text; $limit);
# Each step that says it is an answer.
def judge_waitpkg: ([said("waitpkg_is")[].text] | if length == 0 then ["unclear: nothing"] else . end)[] as $text
    | (fact("kvm_intel.ple_gap") != null) as $has
    | line("waitpkg"; (if ($text | startswith("unclear")) then "dont_know" else verdict($text | startswith(if $has then "real" else "absent" end)) end); $text;
           if $has then "real" else "absent" end);
# A wait that the host's tick ends: CONFIG_HZ of the kernel, 250 in Debian's.
def judge_host_tick: (said("host_tick")[0].text // "nothing") as $text
    | line("host_tick"; (if ($text | test("^(can't tell|nothing|don't know)")) then "dont_know" else verdict($text | test("\\b(24[5-9]|25[0-5])(\\.[0-9]+)? ")) end); $text; 250);

# An advance that is learnt and lost again may be said only where KVM learns one (-1), by tick and by haltpoll.
def judge_advance: number("kvm.lapic_timer_advance_ns") as $ns | (said("timer_advance")[0].text // "none") as $text
    | line("advance"; (if $text == "none" then (if $ns == -1 then "dont_know" else "right" end) else verdict($ns == -1) end); $text; $ns);

# A question about which the image said nothing is one that it could not answer.
def ask($question): [if $question == "poll" then judge_poll elif $question == "control" then judge_control elif $question == "rule" then judge_rule
    elif $question == "intercepts" then judge_intercepts elif $question == "mwait" then judge_mwait elif $question == "ple" then judge_ple
    elif $question == "floor" then judge_floor elif $question == "cap" then judge_cap elif $question == "waitpkg" then judge_waitpkg
    elif $question == "host_tick" then judge_host_tick elif $question == "advance" then judge_advance else error("no question " + $question) end]
    | if length == 0 then line($question; "dont_know"; "nothing"; "") else .[] end;
. as $log | $questions | split(" ")[] | select(. != "") | . as $question | $log
    | select($question != "rule" or (polls > 0 and (shows("start") or [judge_rule] != []))) | ask($question) | @tsv
