/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: run/launch/restart.c
/* run/launch/restart: the boot argument resume= in a GRUB environment block and in a command. */
#include "run/launch/restart.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/tap.h"

enum { BLOCK_BYTES = 1024 };

static void make_block(char *block, const char *lines)
{
    size_t used = (size_t)snprintf(block, BLOCK_BYTES, "# GRUB Environment Block\n%s", lines);

    memset(block + used, '#', BLOCK_BYTES - used);
}

/* The block's lines with the padding cut off. */
static const char *lines_of(const char *block)
{
    static char text[BLOCK_BYTES + 1];
    size_t bytes = BLOCK_BYTES;

    while (bytes > 0 && block[bytes - 1] == '#')
        bytes--;
    memcpy(text, block, bytes);
    text[bytes] = '\0';
    return text + strlen("# GRUB Environment Block\n");
}

static void test_block(void)
{
    char block[BLOCK_BYTES], before[BLOCK_BYTES], lines[BLOCK_BYTES];

    make_block(block, "idlelab_args=exit=halt script=\\\\\"noise\\\\\"\nother=1\n");
    TAP_OK(restart_mark_block(block, sizeof(block), 3), "a block is marked");
    TAP_STR(lines_of(block), "idlelab_args=exit=halt script=\\\\\"noise\\\\\" resume=3\nother=1\n",
            "behind the value, and the rest stays");
    TAP_OK(restart_mark_block(block, sizeof(block), 1000), "again");
    TAP_STR(lines_of(block), "idlelab_args=exit=halt script=\\\\\"noise\\\\\" resume=1000\nother=1\n",
            "in the place of the first one");
    TAP_OK(restart_mark_block(block, sizeof(block), 7), "and shorter");
    TAP_STR(lines_of(block), "idlelab_args=exit=halt script=\\\\\"noise\\\\\" resume=7\nother=1\n",
            "with nothing left of the longer one");

    make_block(block, "idlelab_args=quiet resume=\nother=1\n");
    TAP_OK(restart_mark_block(block, sizeof(block), 3), "a value that ends with no step");
    TAP_STR(lines_of(block), "idlelab_args=quiet resume= resume=3\nother=1\n", "is not one of ours, and stays");

    make_block(block, "other=1\n");
    TAP_OK(!restart_mark_block(block, sizeof(block), 3), "a block without our name is refused");
    make_block(block, "");
    block[2] = 'g';
    TAP_OK(!restart_mark_block(block, sizeof(block), 3), "and what is no block");
    make_block(block, "idlelab_args=quiet\n");
    TAP_OK(!restart_mark_block(block, 512, 3), "or is too short");

    /*
     * 25 bytes of the first line, 13 of the name, then all but 9 bytes: room for " resume=3" and not for " resume=33".
     */
    memset(lines, 'a', sizeof(lines));
    memcpy(lines, "idlelab_args=", strlen("idlelab_args="));
    lines[BLOCK_BYTES - 25 - 9 - 1] = '\n';
    lines[BLOCK_BYTES - 25 - 9] = '\0';
    make_block(block, lines);
    memcpy(before, block, sizeof(block));
    TAP_OK(!restart_mark_block(block, sizeof(block), 33), "a full block is refused");
    TAP_OK(memcmp(before, block, sizeof(block)) == 0, "and stays as it was");
    TAP_OK(restart_mark_block(block, sizeof(block), 3), "the last bytes may be used");
}

static void test_command(void)
{
    char *argv[] = {(char[]){"qemu"}, (char[]){"-append"}, (char[]){"exit=halt"}, NULL};
    struct options options = {.command = argv, .resume_argument = "exit=halt"};
    char error[100] = "";
    char **command;

    TAP_OK(restart_is_possible(&options), "with the argument named it is possible");
    command = restart_command(&options, 12, error, sizeof(error));
    TAP_OK(command != NULL && command[3] == NULL, "a command comes");
    TAP_STR(command[2], "exit=halt resume=12", "its argument has grown");
    TAP_OK(command[0] == argv[0] && command[1] == argv[1], "the others are the same");
    restart_free(&options, command);
    restart_free(&options, options.command);
    TAP_STR(argv[2], "exit=halt", "the first command is as it was");

    options.resume_image = "/no/such/image";
    TAP_OK(restart_command(&options, 2, error, sizeof(error)) == NULL, "without its image: none");
    TAP_OK(strstr(error, "/no/such/image") != NULL, "and why");
    TAP_OK(!restart_is_possible(&(struct options){.command = argv}), "and without either");
}

int main(void)
{
    test_block();
    test_command();
    return tap_done();
}
