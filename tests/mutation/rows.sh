# SPDX-License-Identifier: MIT
# Reads the tables of mutants, tests/mutation/*.rows, and finds the place of each in its file. Sourced by bash, with
# LC_ALL=C: bytes, not characters.
#
#   FILE TEST...      what the mutants below change, and their nearest tests, the cheapest first: PART/NAME, or PART/NAME:CASES,
#                     where only the cases that match are run
#   - TEXT            what must stand in FILE exactly once; -2 TEXT is its second place. Lines that follow each other are one text.
#   + TEXT            what stands there instead; may be empty
#   = WORDS           why no test can see the difference: the mutant is equivalent and is not run
# shellcheck shell=bash disable=SC2034 # whoever sources this uses them
row_at=()    # TABLE:LINE
row_file=()  # the file that it changes
row_tests=() # the words behind the file
row_place=() # which of the places where the text stands; 0 where it must stand once
row_from=()
row_to=()
row_why=() # why it is equivalent, or nothing

# read_rows TABLE...: appends to the arrays; false, with a line on stderr for each, where lines make no sense.
read_rows()
{
    local table line file tests number mark last at good=0

    for table in "$@"; do
        file='' tests='' last='' number=0
        while IFS= read -r line; do
            number=$((number + 1))
            at=$((${#row_at[@]} - 1))
            mark=${line%% *}
            case $line in
            '' | '#'*) continue ;;
            - | -[[:blank:][:digit:]]*)
                if [ "$last" = - ] && [ "$mark" = - ]; then
                    row_from[at]+=$'\n'${line#- }
                else
                    row_at+=("${table##*/}:$number")
                    row_file+=("$file")
                    row_tests+=("$tests")
                    row_place+=("$((${mark#-} + 0))")
                    row_from+=("${line#* }")
                    row_to+=('')
                    row_why+=('')
                fi
                mark=-
                ;;
            '+' | '+ '*)
                line=${line#+}
                case $last in
                -) row_to[at]=${line# } ;;
                +) row_to[at]+=$'\n'${line# } ;;
                *) mark=error ;;
                esac
                ;;
            '= '*) [ "$last" = + ] && row_why[at]=${line#= } || mark=error ;;
            [[:alnum:]]*' '*) file=${line%% *} tests=${line#* } mark=file ;;
            *) mark=error ;;
            esac
            if [ "$mark" = error ] || [ -z "$file" ]; then
                echo "$table:$number: no row can have this line here: $line" >&2
                good=1
            fi
            last=$mark
        done <"$table"
    done
    return $good
}

declare -A text_of=() # by file, what has been read

# mutate ROW: sets `mutant` to the file's text with the row's change in it and `mutant_line` to the line of that; false, and `problem` set,
# where the text does not stand there as the row says.
mutate()
{
    local text before='' part rest file=${row_file[$1]} from=${row_from[$1]} place=${row_place[$1]} count=0 at=0

    problem=''
    if [ ! -f "$file" ]; then
        problem="there is no file $file"
        return 1
    fi
    if [ -z "${text_of[$file]:-}" ]; then
        text=$(cat "$file" && echo .)
        text_of[$file]=${text%.}
    fi
    text=${text_of[$file]}
    rest=$text
    # The longest suffix that begins with the text is found by one walk; the shortest prefix that ends with it would be by n.
    while part=${rest%%"$from"*} && [ ${#part} -lt ${#rest} ]; do
        count=$((count + 1))
        if [ $count -eq "$((place == 0 ? 1 : place))" ]; then
            before=${text:0:at+${#part}}
        fi
        at=$((at + ${#part} + ${#from}))
        rest=${rest:${#part}+${#from}}
    done
    if [ "$place" -eq 0 ] && [ $count -ne 1 ] || [ $count -lt "$place" ]; then
        problem="the text stands in $file at $count places: $from"
        return 1
    fi
    mutant=$before${row_to[$1]}${text:${#before}+${#from}}
    mutant_line=${before//[!$'\n']/}
    mutant_line=$((${#mutant_line} + 1))
    if [ "$mutant" = "$text" ]; then
        problem='the row changes nothing'
        return 1
    fi
}

# test_source TEST: sets `source` to the file of PART/NAME.
test_source()
{
    case $1 in
    unit/* | fuzz/*) source=tests/$1.c ;;
    *) source=tests/$1.sh ;;
    esac
}

# check_row ROW: like mutate(), and each of its tests must be there.
check_row()
{
    local name source

    for name in ${row_tests[$1]}; do
        test_source "${name%%:*}"
        if [ ! -e "$source" ]; then
            problem="there is no test $source"
            return 1
        fi
    done
    mutate "$1"
}
