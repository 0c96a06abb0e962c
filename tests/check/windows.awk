# SPDX-License-Identifier: MIT
# Proves on a disassembly what stands between time stamps. For windows.sh.
#
#   awk -v table=FILE -v methods="hlt pause ..." -v twins=1 [-v program=1] -f windows.awk <(objdump -d --no-show-raw-insn IMAGE)
#
# Prints `ok NAME` or `bad NAME REASON` for each thing that was looked at. An address stays text: awk's numbers are floating point and
# awk knows no hexadecimal, so places are counted in instructions (1 to last) and found by address in `at`.
# shellcheck shell=awk

BEGIN {
    while ((getline line < table) > 0) {
        if (line ~ /^#/ || line ~ /^[ \t]*$/)
            continue
        words = split(line, word)
        wanted[word[1]] = ""
        for (i = 2; i <= words; i++)
            wanted[word[1]] = wanted[word[1]] " " word[i]
    }
}

# 000000000010c135 <window_hlt_before>:
/^[0-9a-f]+ <.*>:$/ {
    name = $2
    gsub(/[<>:]/, "", name)
    label[name] = last + 1
    next
}

#   10c13b:	sti
/^ +[0-9a-f]+:\t/ {
    address = $1
    sub(/:$/, "", address)
    last++
    at[address] = last
    opcode[last] = $2
    operands[last] = $3
    if ($2 ~ /^(j[a-z]+|call|loop[a-z]*)$/ && $3 ~ /^[0-9a-f]+$/) {
        jumps++
        jump_from[jumps] = last
        jump_to[jumps] = $3
    }
}

function result(name, reason)
{
    if (reason == "")
        print "ok " name
    else
        print "bad " name " " reason
}

function text(place)
{
    return "'" opcode[place] (operands[place] == "" ? "" : " " operands[place]) "'"
}

# What is wrong with a window's jumps: none leaves it, and none comes in from elsewhere.
function wrong_jump(first, after,    i, target)
{
    for (i = 1; i <= jumps; i++) {
        target = at[jump_to[i]]
        inside = jump_from[i] >= first && jump_from[i] < after
        if (inside && (target < first || target >= after))
            return "a jump leaves the window: " text(jump_from[i])
        if (!inside && target >= first && target <= after)
            return "a jump comes in from elsewhere: " text(jump_from[i])
    }
    return ""
}

function wrong_window(name,    first, after, count, word, i)
{
    if (!(name in wanted))
        return "has no line in the table"
    first = label["window_" name "_before"]
    after = label["window_" name "_after"]
    if (!after || after < first)
        return "has no end"
    if (opcode[first - 1] != "rdtsc")
        return "opens behind " text(first - 1) ", not RDTSC"
    if (opcode[after] != "rdtsc")
        return "closes with " text(after) ", not RDTSC"
    if (opcode[first] != "mov" || operands[first] != "%eax,%r8d" || opcode[first + 1] != "mov" ||
        operands[first + 1] != "%edx,%r9d")
        return "does not save its first stamp in R8D and R9D but begins with " text(first) ", " text(first + 1)
    count = split(wanted[name], word)
    for (i = 1; i <= count && first + 1 + i < after; i++) {
        if (opcode[first + 1 + i] != word[i])
            return "has " text(first + 1 + i) " where the table has " word[i]
        if (word[i] == "mov" && operands[first + 1 + i] ~ /\(/)
            return "touches memory: " text(first + 1 + i)
    }
    if (first + 2 + count > after)
        return "has no " word[i]
    if (first + 2 + count < after)
        return "has " text(first + 2 + count) " more than the table"
    return wrong_jump(first, after)
}

# A method has a window of its name, or some that begin with it.
function wrong_method(method,    name)
{
    if (("window_" method "_before") in label)
        return ""
    for (name in label) {
        if (index(name, "window_" method "_") == 1)
            return ""
    }
    return "has no window"
}

# A method's window has a twin that ends behind a fence, and is else the same.
function wrong_twin(name)
{
    if (wanted[name "_fenced"] != wanted[name] " lfence")
        return "has no twin that ends behind LFENCE"
    return ""
}

# HLT follows STI at once and is never jumped at, or it stops the CPU for good: then it jumps back to itself or to a CLI before it.
function wrong_hlt(    place, i, target, pair)
{
    for (place = 1; place <= last; place++) {
        if (opcode[place] != "hlt")
            continue
        halts++
        if (opcode[place - 1] == "sti") {
            pair[place] = 1
            continue
        }
        target = opcode[place + 1] == "jmp" ? at[operands[place + 1]] : 0
        if (!(target == place || (target == place - 1 && opcode[place - 1] == "cli")))
            return "HLT stands behind " text(place - 1) ", not STI, and does not stop for good"
    }
    for (i = 1; i <= jumps; i++) {
        if (at[jump_to[i]] in pair)
            return "a jump to HLT passes by its STI: " text(jump_from[i])
    }
    return halts ? "" : "the image has no HLT"
}

# From a place on, following JMP: RDTSC is one of the first `limit` instructions and only PUSH and JMP precede it.
function wrong_stub(place, limit,    i)
{
    for (i = 1; i <= limit && place; i++) {
        if (opcode[place] == "rdtsc")
            return ""
        if (opcode[place] == "jmp")
            place = at[operands[place]]
        else if (opcode[place] ~ /^pushq?$/)
            place++
        else
            return text(place) " stands before RDTSC"
    }
    return "RDTSC is not among the first " limit " instructions"
}

# The 256 stubs follow each other; the first instruction of each is a PUSH behind a JMP or behind what fills up to the next one.
function wrong_vectors(    place, count, wrong)
{
    place = label["vector_stubs"]
    if (!place)
        return "there is no vector_stubs"
    for (count = 0; count < 256; count++) {
        wrong = wrong_stub(place, 6)
        if (wrong != "")
            return "vector " count ": " wrong
        while (opcode[place] != "jmp")
            place++
        do {
            place++
        } while (opcode[place] ~ /nop/ || (opcode[place] == "xchg" && operands[place] == "%ax,%ax") ||
                 opcode[place] ~ /^(cs|data16)$/)
    }
    return place == label["vector_common"] ? "" : "the stubs do not end at vector_common"
}

END {
    count = split(methods, method)
    for (i = 1; i <= count; i++)
        result("window_of_method_" method[i], wrong_method(method[i]))
    for (i = 1; twins && i <= count; i++) {
        if (method[i] in wanted)
            result("window_" method[i] "_twin", wrong_twin(method[i]))
        if ((method[i] "_masked") in wanted)
            result("window_" method[i] "_masked_twin", wrong_twin(method[i] "_masked"))
    }
    for (name in label) {
        if (name ~ /^window_.*_before$/) {
            window = substr(name, 8, length(name) - 14)
            result("window_" window, wrong_window(window))
        }
    }
    for (name in wanted) {
        if (!(("window_" name "_before") in label))
            result("window_" name, "stands in the table but not in the image")
    }
    # A program inside Linux has no interrupt flag and no vectors.
    if (program)
        exit
    result("sti_hlt_never_split", wrong_hlt())
    result("vector_wake_x2apic_stamp", wrong_stub(label["vector_wake_x2apic"], 3))
    result("vector_wake_xapic_stamp", wrong_stub(label["vector_wake_xapic"], 3))
    result("vector_stubs_stamp", wrong_vectors())
}
