# SPDX-License-Identifier: MIT
# idlelab: builds the image, the ISO, the host tools and the tests, all under build/. `make help`
# lists what there is.
MAKEFLAGS += -rR
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
SHELL := /bin/bash

# --- Where and with what --------------------------------------------------------------------------
BUILD ?= build
CROSS_COMPILE ?=
HOST_CC ?= gcc
CLANG ?= clang

# LLVM=1 takes clang and ld.lld; CC=clang alone takes clang and GNU ld.
ifeq ($(LLVM),1)
CC := clang
LD := ld.lld
endif
ifneq ($(filter undefined default,$(origin CC)),)
CC := $(CROSS_COMPILE)gcc
endif
ifneq ($(filter undefined default,$(origin LD)),)
LD := $(CROSS_COMPILE)ld
endif
# GNU's: LLVM's objcopy does not turn ELF64 into ELF32.
OBJCOPY ?= $(CROSS_COMPILE)objcopy
OBJDUMP ?= $(CROSS_COMPILE)objdump
NM ?= $(CROSS_COMPILE)nm

# A tree that run/install/stage made has the commit's name in a file.
BUILD_ID := $(shell cat .build_id 2>/dev/null || git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
COMPILER := $(shell $(CC) --version 2>/dev/null | head -n1)
ifneq ($(findstring clang,$(COMPILER)),)
TARGET_FLAGS := -target x86_64-unknown-none-elf
endif

ifeq ($(V),1)
Q :=
else
Q := @
MAKEFLAGS += --no-print-directory
endif
say = @printf '  %-8s %s\n' $(1) '$(patsubst $(BUILD)/%,%,$(2))'

# --- Flags, each with its reason ------------------------------------------------------------------
# -Wdeclaration-after-statement: one hand, declarations at the top of their block.
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wdeclaration-after-statement
# Neither the folder nor the build folder may show in the output: the same commit gives the same
# bytes everywhere.
SAME_BYTES := '-ffile-prefix-map=$(CURDIR)=.' '-ffile-prefix-map=$(BUILD)=build'

IMAGE_FLAGS := $(TARGET_FLAGS) -I. -MMD -MP -g $(SAME_BYTES)
IMAGE_CFLAGS := $(IMAGE_FLAGS) -std=gnu11 $(WARNINGS)
IMAGE_CFLAGS += -Oz                             # the windows are assembly; the rest need not be fast, but small
IMAGE_CFLAGS += -ffreestanding                  # no C library, no operating system
IMAGE_CFLAGS += -m64
IMAGE_CFLAGS += -mno-red-zone                   # interrupts use the same stack
IMAGE_CFLAGS += -mgeneral-regs-only             # vector state is neither enabled nor saved
IMAGE_CFLAGS += -fno-pic -mcmodel=small         # linked at its load address, below 2 GiB
IMAGE_CFLAGS += -fno-stack-protector            # its canary needs a thread block that is not there
IMAGE_CFLAGS += -fcf-protection=none            # no ENDBR in timed code: CET is not used
IMAGE_CFLAGS += -fno-asynchronous-unwind-tables # nobody unwinds
IMAGE_CFLAGS += -fno-common                     # one definition for each object
IMAGE_CFLAGS += -ffunction-sections -fdata-sections # --gc-sections drops what is not used
# What gcc's -Oz leaves on although it makes this code larger.
GCC_SMALL := -fno-optimize-sibling-calls        # a function with many ends would restore its registers at each
GCC_SMALL += -fno-tree-loop-im -fno-caller-saves # what is kept in a register for later is saved around each call
GCC_SMALL += -fno-tree-dominator-opts           # it copies blocks to save a jump
GCC_SMALL += -malign-data=abi                   # tables at their own alignment, not at 32 bytes
ifeq ($(TARGET_FLAGS),)
IMAGE_CFLAGS += $(GCC_SMALL)                    # clang does not know them
endif
IMAGE_LDFLAGS := -m elf_x86_64 -nostdlib -static --gc-sections --build-id=none
IMAGE_LDFLAGS += -z max-page-size=64            # no holes in the file; linker.ld aligns the segments in memory
IMAGE_LDFLAGS += -z noexecstack

HOST_OPTIMIZE ?= -O2
# The library on the host, under sanitizers: any finding ends the test.
CHECKED_CFLAGS := -std=gnu11 -O1 -g -I. -MMD -MP $(WARNINGS) -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
HOST_CFLAGS := -std=gnu11 $(HOST_OPTIMIZE) -g -I. -MMD -MP $(WARNINGS)
FUZZ_CFLAGS := -std=gnu11 -O1 -g -I. $(WARNINGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

# --- What there is: a new file in a room needs no edit here ---------------------------------------
BOOT_SOURCES := $(filter-out boot/header.S,$(wildcard boot/*.c boot/*.S))
ARCH_SOURCES := $(wildcard arch/x86/*.c arch/x86/*.S arch/x86/*/*.c arch/x86/*/*.S)
LIB_SOURCES := $(wildcard lib/*.c lib/*/*.c)
# experiments/linux is not the image's: arch/linux/room.mk.
EXPERIMENT_SOURCES := $(filter-out experiments/linux/%,$(wildcard experiments/*.[cS] experiments/*/*.[cS]))
IMAGE_SOURCES := $(sort $(BOOT_SOURCES) $(ARCH_SOURCES) $(LIB_SOURCES) $(EXPERIMENT_SOURCES))
FLAGS := $(BUILD)/gen/flags
IMAGE_OBJECTS := $(addsuffix .o,$(addprefix $(BUILD)/obj/,$(basename $(IMAGE_SOURCES)))) \
	$(BUILD)/obj/gen/build_id.o $(BUILD)/obj/gen/scripts.o $(BUILD)/obj/gen/font.o
SCRIPTS := $(sort $(wildcard run/scripts/*.lab))

# On the host, lib/cstring.c gives way to the C library, but for its own test.
HOST_SOURCES := $(filter-out lib/cstring.c,$(sort $(LIB_SOURCES)))
CHECKED_LIB := $(HOST_SOURCES:%.c=$(BUILD)/checked/%.o)
HOST_LIB := $(HOST_SOURCES:%.c=$(BUILD)/host/%.o)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# A unit test or a fuzzer that needs sources from other rooms names them in a line of its own, a simulation of tests/statistics as well:
#   // UNIT_EXTRA: boot/boot_info.c boot/pvh.c
#   /* STATISTICS_EXTRA: run/tool/compare/relabel.c */
# All of them are read at once, as test:source words: a process for each test took most of make's own time.
EXTRA_SOURCES := $(shell awk '/^(\/\/ UNIT|\/\* STATISTICS)_EXTRA: / { for (i = 3; i <= NF && $$i != "*/"; i++) print FILENAME ":" $$i }' \
	$(wildcard tests/unit/*.c tests/fuzz/*.c tests/statistics/*.c) /dev/null)
extra_sources = $(wildcard $(patsubst $(1):%,%,$(filter $(1):%,$(EXTRA_SOURCES))))

LAUNCH_OBJECTS := $(patsubst %.c,$(BUILD)/host/%.o,$(sort $(wildcard run/launch/*.c run/log/*.c)))
OBJECT_LIST := $(BUILD)/gen/objects

# --- Targets --------------------------------------------------------------------------------------
.PHONY: all image kernel host linux iso run test test-mutation bench docs unit fuzz setup clean help FORCE
.DEFAULT_GOAL := all

all: image host

image: $(BUILD)/idlelab.elf $(BUILD)/idlelab64.elf $(BUILD)/idlelab64.lst $(BUILD)/idlelab64.sym
# The target's old name.
kernel: image

host: $(BUILD)/idlelab $(BUILD)/launch $(BUILD)/standing_clock.so $(BUILD)/vmm
	@:

include boot/room.mk
include arch/linux/room.mk
include run/tool/tool.mk
include run/developer.mk
include run/install/install.mk
include tests/statistics/statistics.mk
include tests/campaign/campaign.mk

# Compilers may be missing until run/setup has run, so what follows it is a make of its own.
run:
	$(Q)run/setup run
	$(Q)$(MAKE) image host iso
	$(Q). run/launch/results.sh; results=$$(new_results .) || exit 2; results=$${results#./}; \
	run/qemu --log $$results/serial.log --accel $(or $(ACCEL),auto) --smp $(or $(SMP),2) \
		$(if $(SCRIPT),--script '$(SCRIPT)') $(if $(BOOT),--boot $(BOOT)) \
		$(if $(APPEND),--append '$(APPEND)'); result=$$?; \
	if [ $$result -ne 2 ] && [ -s $$results/serial.log ]; then \
		$(BUILD)/idlelab show $$results/serial.log; \
		$(BUILD)/idlelab report $$results/serial.log -o $$results/report.html; \
		[ ! -s $$results/report.html ] || echo "report: $$results/report.html"; \
	fi; exit $$result

test:
	$(Q)run/setup $$(tests/run --setup $(PARTS))
	$(Q)targets=$$(tests/run --needs $(PARTS)) && { [ -z "$$targets" ] || $(MAKE) $$targets; }
	$(Q)tests/run --built -j $(or $(JOBS),$$(nproc)) $(PARTS)

# Changes of the source, one at a time, that a test must notice. MUTANTS=regex chooses; JOBS as for `test`, 1 if not said.
test-mutation:
	$(Q)run/setup test
	$(Q)tests/mutation/run $(if $(MUTANTS),'$(MUTANTS)')

bench:
	$(Q)run/setup test
	$(Q)$(MAKE) image host iso stub
	$(Q)tests/bench/run

setup:
	$(Q)run/setup all

# The parts of the pages that the descriptors know, made anew (tests/docs/fill.c).
docs: $(BUILD)/fill $(BUILD)/link/pvh.elf $(BUILD)/idlelab
	$(Q)for page in README.md docs/*.md docs/*/*.md; do \
		$(BUILD)/fill $(BUILD)/link/pvh.elf $$page >$(BUILD)/page.md; [ $$? -lt 2 ] || exit 1; \
		cmp -s $(BUILD)/page.md $$page || { cp $(BUILD)/page.md $$page && echo $$page; } || exit 1; done
	$(Q)BUILD=$(BUILD) tests/docs/machines >$(BUILD)/page.md
	$(Q)cmp -s $(BUILD)/page.md docs/machines.md || { cp $(BUILD)/page.md docs/machines.md && echo docs/machines.md; }
	$(Q)tests/docs/nested >$(BUILD)/page.md
	$(Q)cmp -s $(BUILD)/page.md docs/virtualisation.md || { cp $(BUILD)/page.md docs/virtualisation.md && echo docs/virtualisation.md; }

unit: $(UNIT_TESTS)

fuzz: $(FUZZERS)

# --- The image ------------------------------------------------------------------------------------
# Whatever changes the objects but not their sources: another compiler, another flag; not where they lie.
$(BUILD)/gen/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILER) $(filter-out $(SAME_BYTES),$(IMAGE_CFLAGS)) $(IMAGE_LDFLAGS) $(CHECKED_CFLAGS) $(HOST_CFLAGS) $(FUZZ_CFLAGS)' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# What is linked: a file that is gone leaves nothing newer behind it.
$(OBJECT_LIST): FORCE
	@mkdir -p $(@D)
	@echo '$(IMAGE_OBJECTS) $(HOST_LIB) $(TOOL_OBJECTS)' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/obj/%.o: %.c $(FLAGS)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(IMAGE_CFLAGS) -c -o $@ $<

$(BUILD)/obj/%.o: %.S $(FLAGS)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(IMAGE_FLAGS) -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(FLAGS)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(IMAGE_CFLAGS) -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.S $(FLAGS) $(SCRIPTS)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(IMAGE_FLAGS) -c -o $@ $<

# The compiler must not turn memcpy() into a call of memcpy(); clang knows this flag only as no
# builtins at all.
$(BUILD)/obj/lib/cstring.o: IMAGE_CFLAGS += \
	$(if $(TARGET_FLAGS),-fno-builtin,-fno-tree-loop-distribute-patterns)

# Written anew only when it would be different, so that an unchanged checkout links nothing.
$(BUILD)/gen/build_id.c: FORCE
	@mkdir -p $(@D)
	@{ echo '/* SPDX-License-Identifier: MIT */'; \
	   echo '#include "experiments/engine/build_id.h"'; \
	   echo 'const char build_id[] = "$(BUILD_ID)";'; \
	   echo 'const char build_compiler[] = "$(COMPILER)";'; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# A table of {name, text, length} and the texts themselves, without comments but with all lines, for
# experiments/engine/builtin_scripts.h.
$(BUILD)/gen/scripts.S: FORCE
	@mkdir -p $(@D)
	@{ echo '/* SPDX-License-Identifier: MIT */'; \
	   echo '.section .rodata.builtin_scripts, "a", @progbits'; \
	   echo '.globl builtin_scripts, builtin_script_count'; \
	   echo '.balign 8'; \
	   echo 'builtin_scripts:'; \
	   for name in $(notdir $(SCRIPTS:.lab=)); do \
		echo ".quad name_$$name, text_$$name, end_$$name - text_$$name"; done; \
	   echo 'builtin_script_count: .quad $(words $(SCRIPTS))'; \
	   for name in $(notdir $(SCRIPTS:.lab=)); do \
		echo "name_$$name: .asciz \"$$name\""; \
		sed 's/ *#.*//; s/"/\\"/g; s/.*/.ascii "&\\n"/; 1s/^/text_'$$name': /' run/scripts/$$name.lab; \
		echo "end_$$name: .byte 0"; done; \
	   echo '.section .note.GNU-stack, "", @progbits'; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# The screen's font, GNU Unifont as GRUB has it.
FONT ?= /usr/share/grub/ascii.pf2

$(BUILD)/make_font: $(BUILD)/host/run/font/make_font.o
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) -o $@ $<

$(BUILD)/gen/font.c: $(BUILD)/make_font $(FONT)
	@mkdir -p $(@D)
	$(Q)$(BUILD)/make_font $(FONT) >$@

# --- Host programs --------------------------------------------------------------------------------
$(BUILD)/host/%.o: %.c $(FLAGS)
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<

$(BUILD)/host/lib.a: $(HOST_LIB) $(OBJECT_LIST)
	$(Q)rm -f $@ && ar rcsD $@ $(HOST_LIB)

$(BUILD)/launch: $(LAUNCH_OBJECTS) $(BUILD)/host/lib.a
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) -o $@ $^ -lz

# The machine that run/nested starts where QEMU is too slow: without libraries, so that nothing else need be there.
# A list of the kernel's ABI is a head, which ends in an array without a length, and then the entries.
$(BUILD)/host/run/host/%.o: HOST_CFLAGS += -Wno-gnu-variable-sized-type-not-at-end
$(BUILD)/vmm: $(patsubst %.c,$(BUILD)/host/%.o,$(sort $(wildcard run/host/*.c)))
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) -static -o $@ $^ -lpthread

# It loads the image with its symbols, and reads the descriptors in it; the words are the host tool's.
$(BUILD)/fill: $(patsubst %.c,$(BUILD)/host/%.o,$(sort $(wildcard tests/docs/*.c) run/tool/plan/image.c run/tool/report/words.c)) \
		$(BUILD)/host/lib.a
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(BUILD)/host/lib.a -Wl,--no-whole-archive

# It is loaded beside a C library that may be another than the one here, so it is linked with none.
$(BUILD)/standing_clock.so: run/standing_clock.c $(FLAGS)
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -fPIC -shared -nostdlib -o $@ $<

$(BUILD)/checked/%.o: %.c $(FLAGS)
	$(call say,CHECKCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(CHECKED_CFLAGS) -c -o $@ $<

$(BUILD)/checked/lib.a: $(CHECKED_LIB) $(OBJECT_LIST)
	$(Q)rm -f $@ && ar rcsD $@ $(CHECKED_LIB)

define unit_rule
$(BUILD)/unit/$(1): $(BUILD)/checked/tests/unit/$(1).o \
		$(patsubst %.c,$(BUILD)/checked/%.o,$(call extra_sources,tests/unit/$(1).c)) \
		$(BUILD)/checked/lib.a
	$$(call say,TESTLD,$(1))
	@mkdir -p $$(@D)
	$$(Q)$$(HOST_CC) $$(CHECKED_CFLAGS) -o $$@ $$^ -lm
endef
$(foreach test,$(notdir $(UNIT_TESTS)),$(eval $(call unit_rule,$(test))))

$(BUILD)/fuzzed/%.o: %.c $(FLAGS)
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(subst fuzzer,fuzzer-no-link,$(FUZZ_CFLAGS)) -MMD -MP -c -o $@ $<

# libFuzzer instruments what it tests: the library is compiled for it, once for all fuzzers.
FUZZED_LIB := $(HOST_SOURCES:%.c=$(BUILD)/fuzzed/%.o)
define fuzz_rule
$(BUILD)/fuzz/$(1): $(sort $(FUZZED_LIB) \
		$(patsubst %.c,$(BUILD)/fuzzed/%.o,tests/fuzz/$(1).c $(call extra_sources,tests/fuzz/$(1).c))) $(OBJECT_LIST)
	$$(call say,FUZZLD,$(1))
	@mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(FUZZ_CFLAGS) -o $$@ $$(filter %.o,$$^) $$(FUZZ_LIBS)
endef
$(foreach test,$(notdir $(FUZZERS)),$(eval $(call fuzz_rule,$(test))))

# --- Rest -----------------------------------------------------------------------------------------
clean:
	$(Q)rm -rf $(BUILD)

print-%:
	@echo '$* = $($*)'

help:
	@echo 'make               the image and the host tools'
	@echo 'make image         $(BUILD)/idlelab.elf (ELF32), idlelab64.elf, .lst, .sym'
	@echo 'make run           set up, build, boot under QEMU: SCRIPT=name|file SMP=n'
	@echo '                   ACCEL=auto|kvm|tcg BOOT=... APPEND=...'
	@echo 'make test          set up, build, run all tests: PARTS="unit boot/resume ..." for some,'
	@echo '                   JOBS=n side by side (as many as there are processors)'
	@echo 'make test-mutation  which planted faults the tests notice: MUTANTS=regex JOBS=n'
	@echo 'make prove         proofs by CBMC, for all inputs within bounds: PROOFS=regex'
	@echo 'make sanitized     tool and launcher with ASan and UBSan in them, in $(BUILD)/sanitized'
	@echo 'make coverage      what the tests run of the source, by room: PARTS="unit tool"'
	@echo 'make test-fuzz     each fuzzer for TIME=600 seconds, JOBS=n side by side'
	@echo 'make test-statistics   how often each estimate and verdict is right, by simulation'
	@echo 'make test-fleet        3,000 logs of 300 machines from the plan to the report; how often the odd one is found'
	@echo 'make test-campaign     random boots with a known answer: BOOTS=n SEED=s, ONLY=i for one'
	@echo 'make test-trace    two of Debian'"'"'s kernels record themselves in QEMU, and the replay chooses as they did'
	@echo 'make test-nested   what the image says of a KVM with known settings, hours: HOST=kvm_amd CASES=regex'
	@echo 'make test-labs     labgrid and LAVA, with a LAVA server on loopback: minutes, as root'
	@echo 'make iso           $(BUILD)/idlelab.iso for CD and USB: CMDLINE="words" ISO=path'
	@echo 'make bench         the figures, side by side'
	@echo 'make size          what each room of the source costs in the image'
	@echo 'make host          host tools: $(BUILD)/idlelab, $(BUILD)/launch'
	@echo 'make linux         $(BUILD)/idlelab-linux: the same lab inside Linux, no reboot, no root'
	@echo 'make docs          the parts of the pages that come from the descriptors'
	@echo 'make unit fuzz     build the unit tests and the fuzzers'
	@echo 'make new-experiment new-method NAME=word    files, lines and test of one'
	@echo 'make gdb           gdb on the image under QEMU: SCRIPT=name|file SMP=n'
	@echo 'make lint          clang-format, tests/check/style.sh, clang-tidy, cppcheck, shellcheck'
	@echo 'make compdb        compile_commands.json, for clangd and its like'
	@echo 'make install       tool, launchers, images, manual pages: PREFIX=/usr/local DESTDIR=; make uninstall'
	@echo 'make deb           the Debian package of the last commit, $(BUILD)/idlelab_VERSION_amd64.deb'
	@echo 'make container     idlelab:latest, by podman, docker or buildah: BASE=another Debian; make test-container'
	@echo 'make test-debian   Debian 12 and 13 in folders of their own: build, boot, package; root, half an hour'
	@echo 'make setup         install everything that any of these needs'
	@echo 'make clean         remove $(BUILD)'
	@echo 'make print-VAR     show a variable'
	@echo 'Variables: BUILD=folder CC=clang LLVM=1 CROSS_COMPILE=prefix V=1'

-include $(IMAGE_OBJECTS:.o=.d) $(HOST_LIB:.o=.d) $(LAUNCH_OBJECTS:.o=.d) \
	$(patsubst %.c,$(BUILD)/host/%.d,$(wildcard tests/docs/*.c run/host/*.c)) \
	$(shell find $(BUILD)/checked $(BUILD)/fuzzed -name '*.d' 2>/dev/null)
