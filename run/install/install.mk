# SPDX-License-Identifier: MIT
# Installing and packaging: install, uninstall, pages. Included by the top Makefile.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: install uninstall pages deb
# Manual pages and the completion for bash.
pages: host linux
	$(call say,PAGES,$(BUILD)/man)
	$(Q)run/install/pages $(BUILD) $(BUILD_ID)

install: image host linux iso pages
	$(Q)OBJCOPY='$(OBJCOPY)' run/install/install '$(BUILD)' '$(DESTDIR)' '$(PREFIX)'

# The Debian package of the last commit, $(BUILD)/idlelab_VERSION_amd64.deb.
deb: $(BUILD)/gen/uplot/uplot.js
	$(Q)run/setup deb
	$(call say,DEB,$(BUILD_ID))
	$(Q)run/install/deb '$(BUILD)'

# Debian 12 and 13 from their beginnings: compilers, emulators, package. RELEASES=trixie for one.
.PHONY: test-debian
test-debian:
	$(Q)run/setup deb
	$(Q)tests/debian/run $(RELEASES)

# A container image of the last commit, by podman, docker or buildah; and its test, in which test-debian's Debian 12 is the base.
.PHONY: container test-container
container: $(BUILD)/gen/uplot/uplot.js
	$(Q)run/install/container '$(BUILD)'

test-container:
	$(Q)run/setup container
	$(Q)$(MAKE) host
	$(Q)tests/debian/container

uninstall:
	$(Q)run/install/install --remove '$(DESTDIR)' '$(PREFIX)'
