# Words of this project; `make` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
BACKENDS := agent/src/lamplighter_agent/backends
# With all that they import: the whole agent but for the command line.
COMMANDS := $(addprefix agent/src/lamplighter_agent/,service_command.py session_command.py dialog_command.py enrol_command.py check.py)
VOCABULARY := keyword_lists/src/lamplighter_keywords/shipped/vocabulary.bin
COMPILED := keyword_lists/compiled.pack
LISTS := $(shell find keyword_lists -name '*.toml' -o -name '*.py')
OURS := protos keyword_lists agent collector
# hatchling builds the editables without a network: it is pinned in requirements.lock.
EDITABLE := $(foreach d,$(OURS),-e $(d))

.PHONY: help
help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 12

.PHONY: setup
setup: .venv/.ready $(VOCABULARY) $(COMPILED) ## system packages (as root), .venv from requirements.lock, our four distributions

.venv/.ready: requirements.lock pyproject.toml $(addsuffix /pyproject.toml,$(OURS)) installers/packages.sh installers/linux/packages.txt
	bash installers/packages.sh installers/linux/packages.txt
	test -x $(PY) || python3 -m venv .venv
	awk '/^uv==/{p=1;print;next} p&&/^ /{print;next} {p=0}' requirements.lock > .venv/uv.lock.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock.txt
	.venv/bin/uv pip sync --quiet --python $(PY) --require-hashes requirements.lock
	PYTHONPATH=keyword_lists/src $(PY) keyword_lists/vocabulary.py $(VOCABULARY)
	PYTHONPATH=keyword_lists/src $(PY) keyword_lists/compiled.py $(COMPILED)
	.venv/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation $(EDITABLE)
	touch $@

# The words are folded as texts are, so that a change of the fold makes it anew.
$(VOCABULARY): keyword_lists/vocabulary.py keyword_lists/src/lamplighter_keywords/reading/normalise.py | .venv/.ready
	$(PY) $< $@

$(COMPILED): $(LISTS) $(VOCABULARY) | .venv/.ready
	$(PY) keyword_lists/compiled.py $@

.PHONY: check
check: setup ## ruff, mypy on three platforms, import contracts, protos
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy --platform win32 $(BACKENDS)/windows $(BACKENDS)/ports.py $(COMMANDS)
	.venv/bin/mypy --platform darwin $(BACKENDS)/macos $(BACKENDS)/ports.py $(COMMANDS)
	.venv/bin/lint-imports
	cd protos && ../.venv/bin/buf lint && ../.venv/bin/buf breaking --against baseline.binpb

.PHONY: test
test: setup ## every test; ONLY=marker runs the tests of one marker
ifdef ONLY
	.venv/bin/pytest -m $(ONLY)
else
	failed=0; $(MAKE) --no-print-directory -k --output-sync -j $(BESIDE) part-media part-installer $(addprefix part-,$(PARTS)) || failed=$$?; \
	$(MAKE) --no-print-directory part-alone || failed=$$?; exit $$failed
endif

# Each in a process of its own, so many at a time, the longest first; then what runs alone. Portable media have
# a small machine of their own, whose daemons wait more than they work: one more than there are cores.
BESIDE ?= 3
PARTS := collector web keywords device
collector := tests/collector --ignore=tests/collector/web
web := tests/collector/web
keywords := tests/keywords
device := $(addprefix tests/,agent/bundles agent/delivery agent/enrolment agent/media agent/spool agent/backends/windows agent/backends/macos house protos)

.PHONY: part-alone part-media part-installer $(addprefix part-,$(PARTS))
part-alone:
	.venv/bin/pytest -m "alone and not media and not installer and not release"

part-media:
	.venv/bin/pytest -m media

part-installer:
	.venv/bin/pytest -m installer

$(addprefix part-,$(PARTS)): part-%:
	.venv/bin/pytest -m "not alone" $($*)

.PHONY: demo
demo: setup ## collector and agent on a virtual desktop; ONCE=1 ends after one incident, HERE=1 watches this desktop
	@$(PY) -m installers.quickstart

.PHONY: bench
bench: setup ## every benchmark as JSON lines; ONLY=name runs one
	@$(PY) -m tests.benchmarks $(ONLY)

.PHONY: matrix
matrix: setup ## toolkits against keyboard layouts, into agent/README.md; ONLY="GTK 4" tries one
	@$(PY) -m tests.journeys.matrix $(if $(ONLY),"$(ONLY)")

.PHONY: soak
soak: setup ## fuzz the matcher for ten minutes; ONLY=day: a day's typing; SECONDS=n to shorten; ONLY=indicator: 200 random starts
	@$(if $(filter indicator,$(ONLY)),RANDOM_RUNS=200 .venv/bin/pytest tests/journeys/test_indicator_always_there.py \
	  -k drawn_at_random --junit-xml=.soak/indicator.xml,\
	  $(PY) -m tests.soak$(if $(filter day,$(ONLY)),.day) --seconds $(or $(SECONDS),600))

.PHONY: wine
wine: setup ## what of the Windows backends runs under wine, which is not Windows; ONLY="pipe service" for some checks
	@bash installers/packages.sh installers/linux/wine.txt
	@nice -n 10 $(PY) -m tests.wine $(ONLY)

.PHONY: machine
machine: setup ## an emulated computer with a booted systemd and USB: the unit, media on a real bus; ONLY="boot usb" for some checks
	@bash installers/packages.sh installers/linux/machine.txt
	@nice -n 10 $(PY) -m tests.machine $(ONLY)

.PHONY: shells
shells: setup ## strip and sensing under the real GNOME Shell and KWin (large packages); ONLY="strip gtk4" for some checks
	@bash installers/packages.sh installers/linux/shells.txt
	@nice -n 10 $(PY) -m tests.shells $(ONLY)

.PHONY: macos
macos: setup ## launchd's jobs, profile and bundle's lists for Macs: ORGANISATION="Name" TEAM=A1B2C3D4E5, into dist/macos; more: installers/macos/README.md
	@$(PY) -m installers.macos --organisation "$(ORGANISATION)" --team "$(TEAM)" $(if $(PIN),--collector "$(COLLECTOR)" --pin "$(PIN)") \
		$(if $(FULL_DISK_ACCESS),--full-disk-access) dist/macos

.PHONY: msi
msi: wheels ## the MSI of the agent for Windows, into dist/; who signs it: installers/windows/README.md
	@bash installers/packages.sh installers/linux/wine.txt
	@nice -n 10 $(PY) -m installers.windows dist

.PHONY: protos
protos: setup ## regenerate the messages' Python
	$(PY) protos/generate.py

.PHONY: wheels
wheels: setup ## the four wheels, into dist/
	for d in $(OURS); do .venv/bin/uv build --quiet --wheel --no-build-isolation --python $(PY) --out-dir dist $$d; done

.PHONY: lock
lock: ## resolve requirements.lock anew
	test -x .venv/bin/uv || { python3 -m venv .venv && .venv/bin/pip install --quiet uv; }
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --custom-compile-command 'make lock' \
	  --no-emit-package lamplighter-agent --no-emit-package lamplighter-collector \
	  --no-emit-package lamplighter-protos --no-emit-package lamplighter-keywords \
	  --group dev agent/pyproject.toml --extra pynput --extra yara $(addsuffix /pyproject.toml,protos keyword_lists collector) \
	  --output-file requirements.lock

# Papers and files are dated by the commit, so that two runs of it make the same packages.
deb release: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)

.PHONY: deb
deb: setup ## the agent's package for Debian 12+ and Ubuntu 24.04+ (by its libc), into dist/
	@$(PY) -m installers.package agent deb dist

.PHONY: release
release: setup ## everything a school gets, into dist/, made anew: lists of contents, licences, checksums, signature; RELEASE_KEY=file
	rm -rf dist
	@RELEASE_KEY="$(RELEASE_KEY)" ORGANISATION="$(ORGANISATION)" TEAM="$(TEAM)" MAINTAINER="$(MAINTAINER)" \
	  nice -n 10 $(PY) -m installers.release
	@nice -n 10 .venv/bin/pytest -m release tests/release || { rm dist/SHA256SUMS*; echo "no release: its tests failed" >&2; exit 1; }
