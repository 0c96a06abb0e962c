# SPDX-License-Identifier: MIT
# The lab inside Linux, build/idlelab-linux: the experiments, and arch/x86 and the engine as they are, but where arch/linux or
# experiments/linux has a file of the same name for it. Included by the top Makefile.
LINUX_ARCH := $(sort $(wildcard arch/linux/*.c arch/linux/*/*.c))
LINUX_ENGINE := $(sort $(wildcard experiments/linux/*.c))
# What Linux does instead: the survey; the kit's registers, which are the kernel's files; console and way out.
LINUX_INSTEAD := $(LINUX_ARCH:arch/linux/%=arch/x86/%) $(patsubst experiments/linux/%,experiments/kit/%,$(LINUX_ENGINE)) \
	$(wildcard experiments/survey/*.c) experiments/kit/vitals_rows.c \
	$(addprefix experiments/engine/,lab.c console.c resume.c)
LINUX_SHARED := $(filter-out $(LINUX_INSTEAD),$(ARCH_SOURCES) $(EXPERIMENT_SOURCES))
# lib/ knows nothing of rings: its objects are the image's.
LINUX_OBJECTS := $(addsuffix .o,$(addprefix $(BUILD)/linux/,$(basename $(LINUX_SHARED) $(LINUX_ARCH) $(LINUX_ENGINE)))) \
	$(HOST_SOURCES:%.c=$(BUILD)/obj/%.o) \
	$(BUILD)/linux/gen/build_id.o $(BUILD)/linux/gen/scripts.o
# The instructions are compiled as in the image; not position independent, because tables hold addresses of 32 bits.
LINUX_FLAGS := $(filter-out $(TARGET_FLAGS),$(IMAGE_FLAGS)) -DLAB_RING3
LINUX_CFLAGS := $(filter-out $(TARGET_FLAGS),$(IMAGE_CFLAGS)) -DLAB_RING3
LINUX_OWN_CFLAGS := $(HOST_CFLAGS) -DLAB_RING3 -D_GNU_SOURCE -include arch/linux/libc.h -fno-pic -fcf-protection=none

.PHONY: linux
linux: $(BUILD)/idlelab-linux

$(BUILD)/linux/arch/linux/%.o: arch/linux/%.c $(FLAGS)
	$(call say,LINUXCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(LINUX_OWN_CFLAGS) -c -o $@ $<

$(BUILD)/linux/experiments/linux/%.o: experiments/linux/%.c $(FLAGS)
	$(call say,LINUXCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(LINUX_OWN_CFLAGS) -c -o $@ $<

$(BUILD)/linux/gen/%.o: $(BUILD)/gen/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(LINUX_CFLAGS) -c -o $@ $<

$(BUILD)/linux/gen/%.o: $(BUILD)/gen/%.S $(FLAGS) $(SCRIPTS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(LINUX_FLAGS) -c -o $@ $<

$(BUILD)/linux/%.o: %.c $(FLAGS)
	$(call say,LINUXCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(LINUX_CFLAGS) -c -o $@ $<

$(BUILD)/linux/%.o: %.S $(FLAGS)
	$(call say,LINUXAS,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(LINUX_FLAGS) -c -o $@ $<

$(BUILD)/idlelab-linux: $(LINUX_OBJECTS) arch/linux/sections.ld $(OBJECT_LIST)
	$(call say,LINUXLD,$@)
	$(Q)$(HOST_CC) -static -no-pie -pthread -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-T,arch/linux/sections.ld \
		-o $@ $(LINUX_OBJECTS)

-include $(LINUX_OBJECTS:.o=.d)
