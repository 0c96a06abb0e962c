# SPDX-License-Identifier: MIT
# Linking the two images, the ISO, and the stubs of the bench. Included by the top Makefile.

.PHONY: stub size

# The same link twice, with and without the multiboot 1 header (header.S says why); the addresses
# are the same.
$(BUILD)/obj/boot/header_multiboot1.o: IMAGE_FLAGS += -DBOOT_HEADER_MULTIBOOT1=1
$(BUILD)/obj/boot/header_pvh.o: IMAGE_FLAGS += -DBOOT_HEADER_MULTIBOOT1=0
$(BUILD)/obj/boot/header_%.o: boot/header.S boot/room.mk $(FLAGS)
	$(call say,AS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(IMAGE_FLAGS) -c -o $@ $<

$(BUILD)/link/%.elf: $(BUILD)/obj/boot/header_%.o $(IMAGE_OBJECTS) linker.ld $(OBJECT_LIST)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LD) $(IMAGE_LDFLAGS) -T linker.ld -Map=$@.map -o $@ $< $(IMAGE_OBJECTS)

# QEMU's and GRUB's multiboot loaders want ELF32, with symbols and debugging information left behind.
$(BUILD)/idlelab.elf: $(BUILD)/link/multiboot1.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O elf32-i386 --strip-all -R .comment $< $@

# For PVH loaders that read ELF64 only.
$(BUILD)/idlelab64.elf: $(BUILD)/link/pvh.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) --strip-all $< $@

$(BUILD)/idlelab64.lst: $(BUILD)/link/pvh.elf
	$(Q)$(OBJDUMP) -d -w $< >$@

$(BUILD)/idlelab64.sym: $(BUILD)/link/pvh.elf
	$(Q)$(NM) -n $< >$@

# What each room of the source costs.
size: image
	$(Q)run/size $(BUILD)/link/multiboot1.elf.map $(BUILD)/idlelab.elf

# The stick's saver, a UEFI program: position-independent without a relocation, so that objcopy makes a PE image of it.
SAVER_SOURCES := $(wildcard boot/efi/*.c) lib/kept/kept_find.c lib/crc.c lib/cstring.c lib/fmt.c
SAVER_FLAGS = $(TARGET_FLAGS) -I. -MMD -MP $(SAME_BYTES) -std=gnu11 $(WARNINGS) -Os -ffreestanding -m64 -mno-red-zone \
	-mgeneral-regs-only -fpie -fvisibility=hidden -fshort-wchar -fno-stack-protector -fcf-protection=none -fno-jump-tables \
	-fno-asynchronous-unwind-tables -fno-common -ffunction-sections -fdata-sections

$(BUILD)/efi/%.o: %.c boot/room.mk $(FLAGS)
	$(call say,EFICC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAVER_FLAGS) $(if $(filter lib/cstring.c,$<),$(if $(TARGET_FLAGS),-fno-builtin,-fno-tree-loop-distribute-patterns)) \
		-c -o $@ $<

$(BUILD)/efi/save.elf: $(SAVER_SOURCES:%.c=$(BUILD)/efi/%.o) boot/efi/efi.ld
	$(call say,EFILD,$@)
	$(Q)$(LD) -m elf_x86_64 -nostdlib -pie --no-dynamic-linker --gc-sections --build-id=none -z noexecstack \
		-T boot/efi/efi.ld -o $@ $(filter %.o,$^)

# A relocation would be an address that nobody corrects.
$(BUILD)/save.efi: $(BUILD)/efi/save.elf
	$(call say,OBJCOPY,$@)
	$(Q)! readelf -rW $< | grep R_X86_64
	$(Q)$(OBJCOPY) -O efi-app-x86_64 -j .text -j .data -j .reloc $< $@

# CMDLINE: words for the image's command line. Kept in a file, so that a change of it makes the
# image anew.
ISO ?= $(BUILD)/idlelab.iso

iso: $(ISO)

$(BUILD)/gen/cmdline: FORCE
	@mkdir -p $(@D)
	@printf '%s' '$(CMDLINE)' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(ISO): $(BUILD)/idlelab.elf $(BUILD)/save.efi boot/grub.cfg boot/grub_early.cfg boot/make_iso \
		$(BUILD)/gen/cmdline run/scripts/default.lab
	$(call say,ISO,$@)
	$(Q)boot/make_iso $(BUILD)/idlelab.elf run/scripts/default.lab $(BUILD)/gen/cmdline $(BUILD)/save.efi $@

stub: $(BUILD)/bench/stub.elf $(BUILD)/bench/smp.elf

$(BUILD)/bench/%.elf: tests/bench/stub/%.S tests/bench/stub/stub.ld
	$(call say,STUB,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TARGET_FLAGS) -I. -c -o $(@:.elf=.o) $<
	$(Q)$(LD) $(IMAGE_LDFLAGS) -T tests/bench/stub/stub.ld -o $(@:.elf=.elf64) $(@:.elf=.o)
	$(Q)$(OBJCOPY) -O elf32-i386 $(@:.elf=.elf64) $@
