# SPDX-License-Identifier: MIT
# Installing and packaging: install, uninstall, pages. Included by the top Makefile.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: install uninstall pages
# Manual pages and the completion for bash.
pages: host linux
	$(call say,PAGES,$(BUILD)/man)
	$(Q)run/install/pages $(BUILD) $(BUILD_ID)

install: image host linux iso pages
	$(Q)OBJCOPY='$(OBJCOPY)' run/install/install '$(BUILD)' '$(DESTDIR)' '$(PREFIX)'

uninstall:
	$(Q)run/install/install --remove '$(DESTDIR)' '$(PREFIX)'
