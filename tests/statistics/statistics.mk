# SPDX-License-Identifier: MIT
# The simulations of tests/statistics, one program a topic: a new file there needs no edit here. What a program needs
# beside lib/ stands in a line of its own: /* STATISTICS_EXTRA: run/tool/compare/relabel.c */. Included by the top Makefile.
STATISTICS := $(patsubst tests/statistics/%.c,$(BUILD)/statistics/%,$(sort $(wildcard tests/statistics/*.c)))

.PHONY: statistics test-statistics
statistics: $(STATISTICS)

# All trials: some minutes. tests/statistics/run TOPIC runs one.
test-statistics: statistics
	$(Q)tests/statistics/run

define statistics_rule
$(BUILD)/statistics/$(1): $(BUILD)/host/tests/statistics/$(1).o \
		$(patsubst %.c,$(BUILD)/host/%.o,$(call extra_sources,tests/statistics/$(1).c)) $(BUILD)/host/lib.a
	$$(call say,HOSTLD,$(1))
	@mkdir -p $$(@D)
	$$(Q)$$(HOST_CC) -o $$@ $$^ -lm
endef
$(foreach topic,$(notdir $(STATISTICS)),$(eval $(call statistics_rule,$(topic))))

-include $(STATISTICS:$(BUILD)/statistics/%=$(BUILD)/host/tests/statistics/%.d)
-include $(patsubst %.c,$(BUILD)/host/%.d,$(sort $(foreach source,$(wildcard tests/statistics/*.c),$(call extra_sources,$(source)))))
