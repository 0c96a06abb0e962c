#!/bin/sh
# SPDX-License-Identifier: MIT
# Stands in for an emulator whose machine dies: dying_emulator.sh FIXTURES HOW 'BOOT ARGUMENTS'. The first machine dies in step 2, HOW;
# those that go on (resume= in the boot arguments) behave as HOW's second word says.
fixtures=$1
how=${2%%-*}
then=${2#*-}

# What QEMU says on its QMP socket when a machine stops.
say_status()
{
    printf '{"QMP":{}}\n{"timestamp":{},"event":"STOP"}\n{"return":{"running":false,"status":"%s"}}\n' "$1" >&3
    sleep 20
}

case $3 in
*' resume=4') cat "$fixtures/joined-third.log" ;;
*' resume='*)
    case $then in
    dies) cat "$fixtures/joined-second-dies.log" ;;
    last) cat "$fixtures/joined-second-dies-last.log" ;;
    other) cat "$fixtures/joined-second-other.log" ;;
    mute) exit 1 ;;
    *) cat "$fixtures/joined-second.log" ;;
    esac
    ;;
*)
    case $how in
    half) cat "$fixtures/joined-first-half-line.log" ;;
    early) exit 1 ;;
    *) cat "$fixtures/joined-first.log" ;;
    esac
    case $how in
    kill) kill -KILL $$ ;;
    hang) sleep 20 ;;
    again) cat "$fixtures/joined-first.log" ;;
    status) say_status "$then" ;;
    esac
    ;;
esac
