# SPDX-License-Identifier: MIT
# A manual page from the text that --help prints:
#
#   awk -v name=idlelab-qemu -v version=V -v day=YYYY-MM-DD [-v others="page ..."] -f man.awk HELP...
#
# A help text is the usage, further lines of it indented; a line that says what the program does; after a blank line entries "  WORD   what",
# further lines of them indented deeper, and sentences; lines that begin with "exit code:" or "Exit:". The first file is the program's, the
# others are its subcommands'.

function escape(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/) text = "\\&" text
    return text
}

# An entry's word ends at two blanks.
function print_entry(line,    at)
{
    sub(/^  /, "", line)
    if ((at = match(line, /   *[^ ]/)) == 0) { print ".TP\n.B " escape(line); return }
    print ".TP\n.B " escape(substr(line, 1, at - 1)) "\n" escape(substr(line, at + RLENGTH - 1))
}

function print_usage(line)
{
    sub(/^usage: /, "", line)
    sub(/^ +/, "", line)
    # The program's name begins a new use.
    if (index(line, program " ") == 1 || line == program) {
        if (used) print ".br"
        print ".B " escape(program)
        line = substr(line, length(program) + 2)
        used = 1
    }
    if (line != "") print escape(line)
}

function print_exit(line)
{
    sub(/^(exit code|Exit): */, "", line)
    exits = exits escape(line) "\n"
}

# Sentences flow; a blank line and an entry end their paragraph.
function print_sentence(line)
{
    if (in_entry) { print ".PP"; in_entry = 0 }
    print escape(line)
}

FNR == 1 {
    file++
    part = "usage"
    program = $2
    used = in_exit = in_entry = 0
    if (file == 2) print ".SH SUBCOMMANDS"
    if (file > 1) { program = $2 " " $3; print ".SS " escape($3) }
}

# The first file: its head needs the summary, so the usage is kept until that is known.
part == "usage" {
    if ($0 ~ /^(usage:| )/ && $0 != "") { uses[++use_count] = $0; next }
    part = "text"
    if (file == 1) {
        print ".TH " toupper(escape(name)) " 1 " day " \"idlelab " escape(version) "\" \"User Commands\""
        print ".SH NAME\n" escape(name) " \\- " escape($0)
        print ".SH SYNOPSIS"
    }
    print ".nh\n.na"
    for (i = 1; i <= use_count; i++) print_usage(uses[i])
    use_count = 0
    print ".ad\n.hy"
    print file == 1 ? ".SH DESCRIPTION" : ".PP"
    print escape(toupper(substr($0, 1, 1)) substr($0, 2)) "."
    next
}
/^(exit code|Exit):/ { in_exit = 1; if (file == 1) { print_exit($0); next } }
in_exit && file == 1 && /^[0-9]/ { print_exit($0); next }
{ in_exit = 0 }
/^$/ { next }
/^  [^ ]/ { in_entry = 1; print_entry($0); next }
/^   / && in_entry { sub(/^ +/, ""); print escape($0); next }
{ print_sentence($0) }

END {
    if (exits != "") printf ".SH \"EXIT STATUS\"\n%s", exits
    print ".SH \"SEE ALSO\""
    count = split(others, pages, " ")
    for (i = 1; i <= count; i++) if (pages[i] != name) print ".BR " escape(pages[i]) " (1),"
    print "and the manual in the folder\n.I share/doc/idlelab\nof the installation."
}
