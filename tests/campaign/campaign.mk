# SPDX-License-Identifier: MIT
# The campaign: random boots, each with a known answer. Included by the top Makefile.
#   make test-campaign BOOTS=100 SEED=7     all of them; ONLY=12 one, whose folder then stays
CAMPAIGN := $(addprefix $(BUILD)/campaign/,draw machine judge)

.PHONY: campaign test-campaign
campaign: $(CAMPAIGN)

test-campaign: campaign image host iso
	$(Q)tests/campaign/run --boots $(or $(BOOTS),100) --seed $(or $(SEED),1) $(if $(ONLY),--only $(ONLY)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(QUICK),--quick)

$(BUILD)/campaign/draw: $(patsubst %.c,$(BUILD)/host/%.o,$(sort $(wildcard tests/campaign/draw*.c)) run/tool/plan/image.c tests/docs/plans.c) \
		$(BUILD)/host/lib.a $(BUILD)/link/pvh.elf
	$(call say,HOSTLD,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(BUILD)/host/lib.a -Wl,--no-whole-archive

$(BUILD)/campaign/machine: $(BUILD)/host/tests/campaign/line.o

$(BUILD)/campaign/machine $(BUILD)/campaign/judge: $(BUILD)/campaign/%: $(BUILD)/host/tests/campaign/%.o $(BUILD)/host/lib.a
	$(call say,HOSTLD,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -o $@ $(filter %.o,$^) $(BUILD)/host/lib.a -lz

-include $(patsubst %.c,$(BUILD)/host/%.d,$(wildcard tests/campaign/*.c))
