# The commands of the README. Everything else is SwiftPM or a subcommand of patron.

checks := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error
# The toolchain's own linker: the system's warns of a function that Foundation has in itself.
static := $(if $(filter Linux,$(shell uname)),--static-swift-stdlib -Xswiftc -use-ld=lld)
release := swift build --quiet --configuration release --product patron $(static)

.PHONY: setup build test fuzz demo clean

setup: # looks for what Patron needs, and installs what Debian can give
	@.ci/setup

build: setup # the program, in .build/release/patron
	@echo "building patron (the first time takes some minutes)"
	@$(release)

test: setup # everything that must hold before a change is taken
	swift format lint --strict --recursive Sources Tests sql Package.swift
	swift build --quiet --build-tests $(checks)
	swift test --quiet --disable-xctest $(checks)

# Any text as a rule file, by libFuzzer, on Linux; `make fuzz seconds=600` takes its time.
fuzz: setup
	@Tests/Fuzz/run $(or $(seconds),60)

demo: build
	@.build/release/patron demo

clean:
	swift package clean
