# SPDX-License-Identifier: MIT
# The host tool, build/idlelab, of the top Makefile's objects for the host. Included by it.
# lib/ comes as an archive, so that only what is used is linked.
TOOL_LIBS := -ljansson -lsqlite3 -lz -lm
# Governors register themselves: nothing names them, so the archive alone would leave them out.
TOOL_OBJECTS := $(patsubst %.c,$(BUILD)/host/%.o,$(sort $(wildcard run/log/*.c run/tool/*.c run/tool/*/*.c lib/governor/*.c))) \
	$(BUILD)/host/run/tool/report/assets.o $(BUILD)/host/gen/version.o
TOOL_TEST_OBJECTS := $(patsubst %.c,$(BUILD)/host/%.o,$(sort $(wildcard tests/tool/*.c)))
TOOL_ASSETS := $(wildcard run/tool/report/*.js run/tool/*/*.css)

.PHONY: tool FORCE
tool: $(BUILD)/idlelab

$(BUILD)/idlelab: $(TOOL_OBJECTS) $(BUILD)/host/lib.a $(OBJECT_LIST)
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) -o $@ $(TOOL_OBJECTS) $(BUILD)/host/lib.a $(TOOL_LIBS)

# Written anew only when it would be different.
$(BUILD)/gen/version.c: FORCE
	$(Q)mkdir -p $(@D)
	$(Q){ echo '/* SPDX-License-Identifier: MIT */'; echo '#include "run/tool/command.h"'; \
	   echo 'const char tool_version[] = "$(BUILD_ID)";'; } >$@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/host/gen/%.o: $(BUILD)/gen/%.c $(FLAGS)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<

# uPlot, as package-lock.json pins it, with its licence. Without npm, or without a network, the tool is built
# all the same, and its report has plain pictures instead of plots.
$(BUILD)/gen/uplot/uplot.js: package.json package-lock.json
	$(Q)mkdir -p $(@D)
	$(Q)if [ ! -e node_modules/uplot/dist/uPlot.iife.min.js ] && ! command -v npm >/dev/null; then \
		echo '  note: there is no npm: the report has pictures (SVG) instead of plots' >&2; \
	elif [ ! -e node_modules/uplot/dist/uPlot.iife.min.js ]; then \
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || \
		echo '  warning: npm ci failed: the report is built without uPlot' >&2; fi
	$(Q)dist=node_modules/uplot/dist; \
	if [ -e $$dist/uPlot.iife.min.js ]; then \
		cp $$dist/uPlot.min.css $(@D)/uplot.css; cp node_modules/uplot/LICENSE $(@D)/license; \
		cp $$dist/uPlot.iife.min.js $@; \
	else : >$(@D)/uplot.css; : >$(@D)/license; : >$@; fi

$(BUILD)/host/run/tool/report/assets.o: run/tool/report/assets.S $(TOOL_ASSETS) $(BUILD)/gen/uplot/uplot.js
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) -I. -I$(BUILD) -Wa,-I.,-I$(BUILD) -c -o $@ $<

# Programs that only the tests of the host tool use.
.PHONY: tool-tests
tool-tests: $(BUILD)/tool/mkmachine $(BUILD)/tool/mklog $(BUILD)/tool/mkfleet $(BUILD)/tool/damage $(BUILD)/tool/test_digits $(BUILD)/tool/test_measure $(BUILD)/tool/test_rank_sum \
	$(BUILD)/tool/test_needed $(BUILD)/tool/test_raw_values $(BUILD)/tool/test_relabel $(BUILD)/tool/test_seq_window \
	$(BUILD)/tool/test_trust
# `make unit` is every test program there is.
unit: tool-tests

# The image's own experiments on C-states, run on the model machines of tests/machine.
MACHINE_SOURCES := $(wildcard tests/machine/*.c experiments/cstate/*.c experiments/breakeven/*.c \
	experiments/preflight/*.c) $(addprefix experiments/engine/,claim.c registers.c) \
	$(addprefix experiments/kit/,row.c siblings.c time.c timer_blur.c vitals.c vitals_rows.c wait.c) \
	$(addprefix arch/x86/cpu/,cpuid.c features.c \
	msr_save.c microcode.c placement.c topology.c) $(addprefix arch/x86/power/,amd_ports.c msr_gate.c power_model.c rapl.c) \
	$(addprefix arch/x86/idle/,errata.c errata_native.c monitor_switch.c mwait_hints.c known_states.c) \
	arch/x86/time/apic_timer_ratio.c arch/x86/wake/nap.c arch/x86/wake/beside.c
MACHINE_OBJECTS := $(MACHINE_SOURCES:%.c=$(BUILD)/host/%.o)

$(BUILD)/tool/mkmachine: $(BUILD)/host/tests/tool/mkmachine.o $(MACHINE_OBJECTS) $(BUILD)/host/lib.a
$(BUILD)/tool/mklog: $(filter %/mklog.o %/mklog_wake.o %/mklog_host.o %/mklog_rows.o %/mklog_draft.o,$(TOOL_TEST_OBJECTS)) $(BUILD)/host/lib.a
$(BUILD)/tool/mkfleet: $(filter %/mkfleet.o %/fleet_host.o %/mklog_draft.o,$(TOOL_TEST_OBJECTS)) $(BUILD)/host/lib.a
$(BUILD)/tool/damage: $(BUILD)/host/tests/tool/damage.o $(BUILD)/host/lib.a
$(BUILD)/tool/test_digits: $(BUILD)/host/tests/tool/test_digits.o $(BUILD)/host/lib.a
$(BUILD)/tool/test_measure: $(BUILD)/host/tests/tool/test_measure.o $(BUILD)/host/run/tool/model/measure.o
$(BUILD)/tool/test_rank_sum: $(BUILD)/host/tests/tool/test_rank_sum.o $(BUILD)/host/run/tool/compare/rank_sum.o \
	$(BUILD)/host/run/tool/median.o
$(BUILD)/tool/test_needed: $(BUILD)/host/tests/tool/test_needed.o $(BUILD)/host/run/tool/compare/needed.o \
	$(BUILD)/host/run/tool/normal.o
$(BUILD)/tool/test_relabel: $(BUILD)/host/tests/tool/test_relabel.o $(BUILD)/host/run/tool/compare/relabel.o \
	$(BUILD)/host/run/tool/compare/deal.o $(BUILD)/host/run/tool/median.o $(BUILD)/host/lib.a
$(BUILD)/tool/test_trust: $(BUILD)/host/tests/tool/test_trust.o $(addprefix $(BUILD)/host/run/tool/model/,trust.o \
	measure.o model.o pool.o record.o record_json.o stats.o rows.o parts.o join.o host.o) $(BUILD)/host/lib.a
$(BUILD)/tool/test_seq_window: $(BUILD)/host/tests/tool/test_seq_window.o $(BUILD)/host/run/log/seq_window.o
$(BUILD)/tool/test_raw_values: $(BUILD)/host/tests/tool/test_raw_values.o \
	$(BUILD)/host/run/tool/model/raw_values.o $(BUILD)/host/lib.a
$(BUILD)/tool/mkmachine $(BUILD)/tool/mklog $(BUILD)/tool/mkfleet $(BUILD)/tool/damage $(BUILD)/tool/test_digits $(BUILD)/tool/test_measure \
		$(BUILD)/tool/test_needed $(BUILD)/tool/test_rank_sum $(BUILD)/tool/test_raw_values $(BUILD)/tool/test_relabel \
		$(BUILD)/tool/test_seq_window $(BUILD)/tool/test_trust:
	$(call say,HOSTLD,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -o $@ $^ $(TEST_LIBS) -lm
$(BUILD)/tool/test_seq_window: TEST_LIBS := -lz
$(BUILD)/tool/test_trust: TEST_LIBS := -ljansson -lz

# The fuzzers of the log reader and of recorded traces need what the others do not.
$(BUILD)/fuzz/fuzz_log: FUZZ_LIBS := -ljansson -lz -lm
$(BUILD)/fuzz/fuzz_trace: FUZZ_LIBS := -lz -lm

-include $(TOOL_OBJECTS:.o=.d) $(TOOL_TEST_OBJECTS:.o=.d) \
	$(MACHINE_OBJECTS:.o=.d)
