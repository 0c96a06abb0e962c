# SPDX-License-Identifier: MIT
"""sandbox.py NUMBER PROGRAM [ARGUMENT...]: runs the program where that system call (of x86-64) is answered with EPERM.

As a container's seccomp filter does. Exit code 77 where no filter may be set.
"""
import ctypes
import errno
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD_NUMBER, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000


class Program(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def main():
    """Sets the filter and becomes the program."""
    instructions = [
        (LOAD_NUMBER, 0, 0, 0),
        (IF_EQUAL, 0, 1, int(sys.argv[1])),
        (RETURN, 0, 0, ERRNO | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in instructions))
    program = Program(len(instructions), ctypes.addressof(text))
    libc = ctypes.CDLL(None)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        sys.exit(77)
    os.execv(sys.argv[2], sys.argv[2:])


main()
