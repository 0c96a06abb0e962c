# SPDX-License-Identifier: MIT
# What whoever builds on idlelab types besides: new-experiment, new-method, lint, test-fuzz, sanitized, prove,
# coverage, gdb, compdb. Included by the top Makefile.

.PHONY: new-experiment new-method lint gdb compdb test-trace

# --- Skeletons ------------------------------------------------------------------------------------
new-experiment:
	$(Q)run/new/skeleton experiment '$(NAME)'
	$(Q)$(MAKE) docs
	@echo "next: tests/run check matrix/$(NAME); make run SCRIPT='$(NAME)'; CONTRIBUTING.md"

new-method:
	$(Q)run/new/skeleton method '$(NAME)'
	$(Q)$(MAKE) docs
	@echo "next: tests/run check matrix/wake_$(NAME); make run SCRIPT='wake idle=$(NAME)'; CONTRIBUTING.md"

# --- Recordings -----------------------------------------------------------------------------------
# Debian's kernels record themselves under QEMU's emulator; what is imported is replayed.
test-trace:
	$(Q)run/setup trace
	$(Q)$(MAKE) host linux
	$(Q)tests/trace/live

# --- KVM as a host of our own ------------------------------------------------------------------------
# The whole truth table, hours: HOST=kvm_amd for one host, CASES=regex for some rows.
.PHONY: test-nested
test-nested:
	$(Q)run/setup nested
	$(Q)run/setup bochs-patched || echo 'make test-nested: going on without it; the rows that need it are skipped'
	$(Q)$(MAKE) image host linux
	$(Q)tests/nested/alike $(BUILD)/nested/alike
	$(Q)tests/nested/repeat $(BUILD)/nested/repeat_amd kvm_amd
	$(Q)tests/nested/repeat $(BUILD)/nested/repeat_intel kvm_intel
	$(Q)tests/nested/sweep $(BUILD)/nested/sweep
	$(Q)tests/nested/processors $(BUILD)/nested/processors
	$(Q)tests/nested/user_wait $(BUILD)/nested/user_wait
	$(Q)tests/nested/user_wait $(BUILD)/nested/user_mwaitx mwaitx
	$(Q)run/setup xen
	$(Q)tests/nested/xen $(BUILD)/nested/xen
	$(Q)tests/nested/grid >$(BUILD)/nested/rows
	$(Q)tests/nested/run $(BUILD)/nested/table $(BUILD)/nested/rows $(HOST)

# --- Labs -------------------------------------------------------------------------------------------
# labgrid, LAVA's dispatcher, and a LAVA server on loopback: minutes, as root.
.PHONY: test-labs
test-labs:
	$(Q)run/setup labs
	$(Q)$(MAKE) image host iso tool-tests
	$(Q)LABS=all tests/run labs

# --- Fleets -----------------------------------------------------------------------------------------
# From the plan to the report of 3,000 logs, and how often the report is right: some minutes.
.PHONY: test-fleet
test-fleet: host tool-tests $(BUILD)/statistics/fleet
	$(Q)tests/tool/fleet_whole
	$(Q)$(BUILD)/statistics/fleet

# --- Lint -----------------------------------------------------------------------------------------
C_FILES := $(sort $(filter %.c,$(IMAGE_SOURCES)) $(wildcard boot/*.h boot/efi/*.[ch] arch/x86/*.h arch/x86/*/*.h \
	lib/*.h lib/*/*.h experiments/*.h experiments/*/*.h run/*.c run/*/*.[ch] run/*/*/*.[ch] tests/*/*.[ch] \
	tests/*/*/*.[ch]))
SHELL_FILES = $(shell grep -lE '^\#!/bin/(ba)?sh' .ci/run run/* run/install/* boot/* tests/* tests/*/* \
	2>/dev/null)
TIDY_FLAGS := -target x86_64-unknown-none-elf -std=gnu11 -ffreestanding -mgeneral-regs-only -I.

lint:
	$(Q)run/setup lint
	$(call say,FORMAT,$(words $(C_FILES)) files)
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	$(call say,STYLE,tests/check/style.sh)
	$(Q)tests/check/style.sh
	$(call say,TIDY,image)
	$(Q)clang-tidy --quiet $(filter %.c,$(IMAGE_SOURCES)) -- $(TIDY_FLAGS)
	$(call say,CPPCHECK,boot arch lib experiments run)
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=comparePointers `# the two ends of a section are two symbols of one array` \
		--error-exitcode=1 -I. -D__x86_64__ --platform=unix64 boot arch lib experiments run
	$(call say,SHELL,$(words $(SHELL_FILES)) files)
	$(if $(SHELL_FILES),$(Q)shellcheck -x $(SHELL_FILES))

# --- Fuzzing for longer than `make test` does -----------------------------------------------------
.PHONY: test-fuzz
test-fuzz: fuzz
	$(Q)FUZZ_SECONDS=$(or $(TIME),600) tests/run --built -j $(or $(JOBS),$$(nproc)) fuzz

# --- The host's programs under sanitizers, in a build folder of their own, for the part `tool` ----------
# Behind `host`, which fetches what both need. `idlelab plan` looks for the image beside itself.
.PHONY: sanitized
SANITIZED := $(BUILD)/sanitized
sanitized: host
	$(Q)$(MAKE) BUILD=$(SANITIZED) HOST_OPTIMIZE=-O1 'HOST_CC=$(HOST_CC) -fsanitize=address,undefined -fno-sanitize-recover=all' \
		$(SANITIZED)/idlelab $(SANITIZED)/launch
	$(Q)ln -sfn ../link $(SANITIZED)/link

# --- Proofs ---------------------------------------------------------------------------------------
.PHONY: prove
prove:
	$(Q)run/setup prove
	$(Q)tests/proof/run $(PROOFS)

# --- What the tests run of the source --------------------------------------------------------------
.PHONY: coverage
coverage:
	$(Q)run/setup test
	$(Q)tests/coverage/run $(PARTS)

# --- gdb on the image -----------------------------------------------------------------------------
gdb:
	$(Q)run/setup gdb
	$(Q)$(MAKE) image
	$(Q)run/gdb --smp $(or $(SMP),2) $(if $(SCRIPT),--script '$(SCRIPT)') $(if $(APPEND),--append '$(APPEND)')

# --- compile_commands.json ------------------------------------------------------------------------
COMPDB ?= compile_commands.json

# $(call compdb,COMPILER AND FLAGS,FILES): each file's entry behind a comma.
compdb = $(foreach file,$(2),$(file >>$(COMPDB).new,,{"directory": "$(CURDIR)", "file": "$(file)", "command": "$(strip $(1)) -c $(file)"}))

# The list begins with an empty entry, so that each one may begin with a comma: readers pass it over. clangd would call what clang does
# not know an error of each file.
compdb:
	$(file >$(COMPDB).new,[{"directory": "$(CURDIR)", "file": "linker.ld", "command": "true"})
	$(call compdb,$(CC) $(filter-out $(GCC_SMALL),$(IMAGE_CFLAGS)),$(filter %.c,$(IMAGE_SOURCES)))
	$(call compdb,$(CC) $(SAVER_FLAGS),$(wildcard boot/efi/*.c))
	$(call compdb,$(HOST_CC) $(HOST_CFLAGS),$(wildcard run/*.c run/font/*.c run/host/*.c run/launch/*.c run/log/*.c run/tool/*.c run/tool/*/*.c tests/bench/*.c tests/campaign/*.c tests/docs/*.c tests/linux/*.c tests/machine/*.c tests/proof/*.c tests/statistics/*.c tests/statistics/*/*.c tests/tool/*.c tests/trace/*.c tests/truth/*.c))
	$(call compdb,$(HOST_CC) $(LINUX_OWN_CFLAGS),$(LINUX_ARCH) $(LINUX_ENGINE))
	$(call compdb,$(HOST_CC) $(CHECKED_CFLAGS),$(wildcard tests/unit/*.c))
	$(call compdb,$(CLANG) $(FUZZ_CFLAGS),$(wildcard tests/fuzz/*.c))
	$(file >>$(COMPDB).new,])
	$(Q)mv $(COMPDB).new $(COMPDB)
