# SPDX-License-Identifier: MIT
# A completion for bash from the texts that --help prints (man.awk has their form), one file a program or a subcommand:
#
#   awk -v scripts="NAME ..." -f completion.awk HELP...
#
# What it offers: subcommands; options; behind an option that takes one of several words, those; behind --script the image's scripts and
# files; words of the usage that stand there as they are. Else files.

# add KIND, WORD: once, in the order in which they come.
function add(kind, word)
{
    if ((kind, word) in seen) return
    seen[kind, word] = 1
    words[kind] = words[kind] (words[kind] == "" ? "" : " ") word
}

# Words with bars between them, as a list; "" where the text is none.
function choices(text)
{
    gsub(/[][]/, "", text)
    if (text !~ /^[a-z0-9_-]+([|][a-z0-9_.-]+)+$/ || text ~ /^-/) return ""
    gsub(/[|]?[.][.][.]/, "", text)
    gsub(/[|]/, " ", text)
    return text
}

function take_usage(line,    count, parts, i, previous, bare)
{
    count = split(line, parts, " ")
    previous = ""
    for (i = 1; i <= count; i++) {
        bare = parts[i]
        gsub(/[][]/, "", bare)
        if (previous ~ /^--[a-z-]+$/) { if (choices(parts[i]) != "") values[program " " previous] = choices(parts[i]) }
        else if (parts[i] ~ /^[a-z]+$/) add(program, parts[i])
        else if (choices(parts[i]) != "") add(program, choices(parts[i]))
        previous = parts[i] ~ /^\[?--[a-z-]+$/ ? bare : ""
    }
}

function take_options(line)
{
    while (match(line, /(^|[^a-z-])--[a-z][a-z-]*[a-z]/)) {
        option = substr(line, RSTART, RLENGTH)
        sub(/^[^-]/, "", option)
        add(program " -", option)
        line = substr(line, RSTART + RLENGTH)
    }
}

FNR == 1 {
    main_text = FILENAME ~ /\/idlelab$/
    program = FILENAME ~ /\/idlelab [^\/]*$/ ? $2 " " $3 : $2
    programs[++program_count] = program
    if (program !~ / /) commands = commands (commands == "" ? "" : " ") program
    part = "usage"
    add(program " -", "--help")
    if (main_text) add(program " -", "--version")
}
part == "usage" && /^(usage:| )/ {
    line = $0
    sub(/^(usage:)? */, "", line)
    if (index(line, program " ") == 1) line = substr(line, length(program) + 2)
    if (!main_text) { take_usage(line); take_options(line) }
    next
}
{ part = "text" }
main_text && /^  [a-z]/ { add(program, $1); next }
!main_text && /^  -/ { sub(/   *[^ ].*/, ""); take_options($0) }

END {
    print "# bash completion for idlelab and its launchers, made from what they say to --help"
    print "# shellcheck shell=bash disable=SC2207\n"
    print "_idlelab()\n{"
    print "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} program=${COMP_WORDS[0]##*/} words='' options=''\n"
    print "    if [ \"$program\" = idlelab ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n        program=\"idlelab ${COMP_WORDS[1]}\"\n    fi"
    print "    COMPREPLY=()\n    case \"$program $previous\" in"
    for (i = 1; i <= program_count; i++) {
        count = split(words[programs[i] " -"], options, " ")
        for (j = 1; j <= count; j++) {
            value = values[programs[i] " " options[j]]
            if (value != "") print "    '" programs[i] " " options[j] "') words='" value "' ;;"
        }
    }
    print "    *' --script') COMPREPLY=($(compgen -W '" scripts "' -- \"$current\") $(compgen -f -- \"$current\")) ;;\n    esac"
    print "    if [ -n \"$words\" ]; then\n        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n    fi"
    print "    [ ${#COMPREPLY[@]} -eq 0 ] && [ -z \"$words\" ] || return 0\n    case \"$program\" in"
    for (i = 1; i <= program_count; i++)
        print "    '" programs[i] "') words='" words[programs[i]] "' options='" words[programs[i] " -"] "' ;;"
    print "    esac\n    [[ $current != -* ]] || words=$options"
    print "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}"
    print "complete -o default -F _idlelab " commands
}
