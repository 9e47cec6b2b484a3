# The checkers come from tools/go.mod, a separate module, so users of conngen never download
# them.

TOOL     := go tool -modfile=tools/go.mod

# makes releases. Its module requires hundreds of others, so it has its own file
GORELEASER := go tool -modfile=tools/release/go.mod goreleaser

# like the projects that tests build: the standard library is then compiled once for both
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

# flags of make install: without symbols; without C, whose library takes a tenth of the startup
# time; without HTTP/2, which would only serve calls of dev to a connector on another machine
LEAN     := -tags=nethttpomithttp2
LEANLINK := -s -w

# further flags of make build and releases: functions at multiples of 16 bytes, not 32, less
# inlining, and compressed texts, which need make packed. It takes longer to build. A flag's
# value follows =, as GOFLAGS requires
PROGRAM      = $(LEAN) $(COLD:%=-gcflags=%=-l) -overlay=$(PACKED)/overlay.json
PROGRAMLINK := $(LEANLINK) -funcalign=16

# packages that run once per command, or wait for people and other programs. Without inlining of
# their functions, the program is 0.8 MB smaller and not measurably slower
CONNGEN := github.com/conngen/conngen
COLD    := $(addprefix $(CONNGEN)/,cmd/... bundle console console/loop generator/docs generator/export \
	generator/internal/emit generator/project generator/stub generator/target schema/diff settings) \
	github.com/spf13/cobra golang.org/x/mod/modfile vendor/golang.org/x/crypto/cryptobyte crypto/tls crypto/x509 \
	encoding/asn1 go/parser go/printer go/types math/big net net/http regexp/syntax

# texts of the program that few runs need, compressed
PACKED := bin/packed

FUZZTIME ?= 30s
MUTATIONS ?= 5000

# for make bench: runs of each benchmark, the benchmarks, and the output file
COUNT    ?= 6
BENCH    ?= .
BENCHOUT ?= bench.txt

.PHONY: build packed install size man completions licenses release snapshot release-check test lint vet-cross unit race golden conformance postman libraries pages browser screenshots figures mutations fuzz torture bench peers editor hooks ajv vuln reference clean

# build the command into bin/
build: packed
	CGO_ENABLED=0 go build $(PROGRAM) -ldflags='$(PROGRAMLINK)' -o bin/conngen ./cmd/conngen

packed:
	go run ./internal/packed/overlay $(PACKED)

# install the command where Go installs programs, and warn if that is not on the PATH
install:
	CGO_ENABLED=0 go install $(LEAN) -ldflags='$(LEANLINK)' ./cmd/conngen
	@dir=$$(go env GOBIN); test -n "$$dir" || { dir=$$(go env GOPATH); dir=$${dir%%:*}/bin; }; \
	first=$$(command -v conngen); \
	if test -z "$$first"; then \
		echo "conngen is in $$dir, which is not on the PATH. To add it:"; \
		echo; \
		echo "  export PATH=\"\$$PATH:$$dir\""; \
	elif test "$$first" != "$$dir/conngen"; then \
		echo "conngen is in $$dir, but the PATH has another one first: $$first"; \
	fi

# the maximum size in bytes of the program for users
SIZE ?= 15000000

# print the size of the program, built for users and by go install, without symbols. Neither may
# contain functions that call methods by name, as text/template does: the linker would keep
# every exported method of every type, 2.7 MB. Both must have the same texts
size: packed
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	CGO_ENABLED=0 go build $(PROGRAM) -ldflags='$(PROGRAMLINK)' -o "$$dir/program" ./cmd/conngen && \
	go build -ldflags='-s -w' -o "$$dir/installed" ./cmd/conngen && \
	go build -ldflags=-dumpdep -o "$$dir/linked" ./cmd/conngen 2>"$$dir/links" && \
	size=$$(wc -c <"$$dir/program") && \
	echo "make build: $$size bytes" && \
	echo "go install: $$(wc -c <"$$dir/installed") bytes" && \
	for texts in "rules --format json" schema; do \
		"$$dir/installed" $$texts >"$$dir/plain" && "$$dir/program" $$texts | cmp - "$$dir/plain" || exit 1; \
	done && \
	if grep -m 1 '<ReflectMethod>' "$$dir/links"; then echo "calls methods by name, so every method stays"; exit 1; fi && \
	if test "$$size" -gt $(SIZE); then echo "more than $(SIZE) bytes for users"; exit 1; fi

# write the man pages into man/, with the date of the commit
man: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)
man:
	mkdir -p man
	go test -vet=off ./cmd/conngen -run '^TestManPages$$' -count 1 -man "$(CURDIR)/man"

# write the completions of all shells into completions/, as the program prints them
completions: build
	mkdir -p completions
	bin/conngen completion bash >completions/conngen.bash
	bin/conngen completion zsh >completions/_conngen
	bin/conngen completion fish >completions/conngen.fish
	bin/conngen completion powershell >completions/conngen.ps1

# write the licences of third-party works in the program into bin/
licenses:
	mkdir -p bin
	go run ./internal/release licenses >bin/third-party-licenses.txt

# the program's build flags for goreleaser. Fails outside a checkout, where the go command
# cannot record the version
release snapshot: export CONNGEN_GOFLAGS = $(GOFLAGS) $(PROGRAM) -buildvcs=true
release snapshot: export CONNGEN_LDFLAGS = $(PROGRAMLINK)

# release the tag that is checked out: upload a draft, which requires GITHUB_TOKEN, and check
# it; RELEASE=--skip=publish uploads nothing. RELEASING.md has the steps
release: man completions licenses
	tag=$$(git describe --tags --exact-match --match 'v*') && go run ./internal/release notes "$$tag" >bin/notes.md
	$(GORELEASER) release --clean --release-notes bin/notes.md $(RELEASE)
	go run ./internal/release check dist

# make a complete release with the newest notes, upload nothing, and check it
snapshot: man completions licenses release-check
	go run ./internal/release notes >bin/notes.md
	$(GORELEASER) release --snapshot --clean --release-notes bin/notes.md
	go run ./internal/release check dist

# check goreleaser's configuration
release-check:
	$(GORELEASER) check

# everything that must pass before a change is merged
test: lint unit race

# all tests; go vet is part of lint
unit:
	go test -vet=off ./...

# the packages that start goroutines; -short omits tests in which the race detector has nothing
# to find, or that take too long. Without GORACE, each program waits for a second at its end
race:
	GORACE=atexit_sleep_ms=0 go test -race -vet=off -short ./templates/sdk/... ./console/... ./cmd/conngen

# formatting, go vet and staticcheck, also for the conformance tests, and the workflows; gofumpt
# only checks generated files and testdata that are named explicitly. shellcheck and pyflakes,
# which actionlint runs if installed, are always disabled
lint:
	@files=$$($(TOOL) gofumpt -l . $$(find golden examples conformance/simple conformance/compound bundle/testdata -name '*.go')) && test -z "$$files" || \
		{ echo "not formatted with gofumpt:"; echo "$$files"; exit 1; }
	go vet -tags conformance ./...
	$(TOOL) staticcheck -tags conformance ./...
	$(TOOL) actionlint -shellcheck= -pyflakes=

# go vet of the module and all tests for other systems: this compiles, but runs nothing
vet-cross:
	GOOS=windows go vet -tags conformance,newman ./...
	GOOS=darwin GOARCH=arm64 go vet -tags conformance,newman ./...

# the models of dev's pages, which have no DOM; needs Node.js 20 or later. make browser runs
# them, too
pages:
	@if command -v node >/dev/null; then \
		node --test console/pages/testdata/; \
	else \
		echo "make pages is skipped: it needs node; make browser runs the same tests"; \
	fi

# dev's pages in Chromium, or in the browser of CONNGEN_BROWSER; pages mostly wait, so more of
# them run than there are cores
browser:
	@go -C console/browser vet . && go -C console/browser test -vet=off -count 1 -parallel 4 -timeout 30m

# the pictures for README and docs: dev's pages on the example
screenshots:
	go -C console/browser test -vet=off -count 1 -run '^TestPictures$$' -screenshots "$(CURDIR)/docs/images"

# rewrite the golden packages from their specs, and those of the examples
golden:
	go test ./generator -update

# rewrite conngen's output for the examples of rules and kinds of changes, then the reference
# pages, each from the code that owns its facts
reference:
	go test -vet=off ./cmd/conngen -run '^Test(Rule|Diff)Findings$$|^TestFindingSessions$$|^Test(Commands|Settings)Page$$' -count 1 -update
	go test -vet=off ./cmd/conngen/internal/report -run '^TestPages$$' -count 1 -update
	go test -vet=off ./internal/differences -run '^TestPage$$' -count 1 -update
	go test -vet=off ./generator/internal/plan -run '^TestTypesPage$$' -count 1 -update
	go test -vet=off ./generator/export -run '^TestSpecCommandsPage$$' -count 1 -update

# the same requests to ours and to a connector on the original SDK, which npm installs;
# CONFORMANCE_SDK=FOLDER names the package folder of another version of the original
conformance: export CONFORMANCE_SDK := $(if $(CONFORMANCE_SDK),$(abspath $(CONFORMANCE_SDK)))
conformance:
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		npm install --prefix conformance --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error && \
		go -C conformance test -tags conformance -count 1; \
	else \
		echo "make conformance is skipped: it needs node and npm"; \
	fi

# the collections of the golden connectors and of a new project in newman, which npm installs
postman:
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		npm install --prefix golden/newman --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error && \
		go vet -tags newman ./golden && go test -tags newman -vet=off ./golden -run '^TestNewman' -count 1 -timeout 30m; \
	else \
		echo "make postman is skipped: it needs node and npm"; \
	fi

# the third-party libraries of docs/libraries.md in a server and in bundles; downloads them
libraries:
	@if command -v node >/dev/null; then \
		go -C libraries vet ./... && go -C libraries test -vet=off -count 1 ./...; \
	else \
		echo "make libraries is skipped: it needs node"; \
	fi

# measure a connector on the original SDK and bundles of both modes; after make conformance
figures:
	go -C conformance test -tags conformance -run '^$$' -bench Bundle -benchtime 3x

# compare diff's verdicts about Go code with go/types, over MUTATIONS changes of specs
mutations:
	go test ./generator -run '^TestCompareMutations$$' -count 1 -v -mutations $(MUTATIONS)

# each fuzz target of all packages in turn, for FUZZTIME each; print how long each ran and how
# many inputs it tried. A finding ends the run, and stays under the package's testdata/fuzz. Go
# also reports a failure when the time ends in the middle of an input (go.dev/issue/75804); that
# is ignored.
fuzz:
	@log=$$(mktemp) && trap 'rm -f "$$log"' EXIT && \
	files=$$(go list -f '{{$$p := .}}{{range .TestGoFiles}}{{$$p.ImportPath}} {{$$p.Dir}}/{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$$p.ImportPath}} {{$$p.Dir}}/{{.}}{{"\n"}}{{end}}' ./...) && \
	printf '%s\n' "$$files" | while read -r pkg file; do \
		test -n "$$file" || continue; \
		for target in $$(sed -n 's/^func \(Fuzz[^(]*\)(f \*testing.F).*/\1/p' "$$file"); do \
			go test -vet=off -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x -timeout 0 "$$pkg" >"$$log" 2>&1 </dev/null || \
				{ grep -qx ' *context deadline exceeded' "$$log" && ! grep -q 'Failing input' "$$log"; } || { cat "$$log"; exit 1; }; \
			grep -q '^fuzz: elapsed' "$$log" || { cat "$$log"; exit 1; }; \
			echo "$$target, $${pkg#*/*/*/}: $$(sed -n 's/^fuzz: elapsed: \([^,]*\), execs: \([0-9]*\) .*/\1, \2 executions/p' "$$log" | tail -n 1)"; \
		done; \
	done

# attacks on the command and on a server; takes up to half an hour, and prints one figure per
# line. TORTURE="-only kills -scale 0.1" chooses attacks
torture:
	go run ./torture $(TORTURE)

# run the benchmarks of all hand-written packages COUNT times each, and write BENCHOUT; COUNT=1
# BENCH=Outputs runs one quickly. To compare two such files:
#
#   go tool -modfile=peers/tools.mod benchstat old.txt bench.txt
bench:
	@packages=$$(grep -rl --include='*_test.go' --exclude-dir=node_modules --exclude-dir=conformance '^func Benchmark' . | xargs -n 1 dirname | sort -u) && \
	status=$$(mktemp) && trap 'rm -f "$$status"' EXIT && \
	{ go test -vet=off -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) $$packages; echo $$? >"$$status"; } 2>&1 | tee '$(BENCHOUT)'; \
	exit "$$(cat "$$status")"

# compare conngen with other generators, and its connectors with one on the original SDK, which
# npm installs, and a handwritten one: the table of docs/performance.md, which PEERS=-write
# replaces; PEERS="-only generate,check" chooses groups
peers: build
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		npm install --prefix conformance --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error; \
	else \
		echo "make peers leaves the original SDK out: it needs node and npm" >&2; \
	fi
	go run ./peers -conngen bin/conngen $(PEERS)

# check what VS Code does with the spec's JSON Schema: completion, explanations and findings;
# npm installs its language service
editor:
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		npm install --prefix schema/testdata/editor --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error && \
		SCHEMA=schema/connector-spec.schema.json node --test schema/testdata/editor/; \
	else \
		echo "make editor is skipped: it needs node and npm"; \
	fi

# the hooks of .pre-commit-hooks.yaml in pre-commit, in a new project that pins this commit by a
# tag, before and after a change of the spec
hooks:
	@if ! command -v pre-commit >/dev/null; then echo "make hooks is skipped: it needs pre-commit"; exit 0; fi; \
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	git clone -q . "$$dir/conngen" && git -C "$$dir/conngen" tag v0.0.1 && \
	go run ./cmd/conngen --quiet init demo --dir "$$dir/demo" && go run ./cmd/conngen docs "$$dir/demo" && cd "$$dir/demo" && \
	printf 'repos:\n  - repo: file://%s/conngen\n    rev: v0.0.1\n    hooks: [{id: conngen-validate}, {id: conngen-check}, {id: conngen-docs}]\n' "$$dir" >.pre-commit-config.yaml && \
	git init -q && git add . && \
	export PRE_COMMIT_HOME="$$dir/home" GOMODCACHE="$$(go env GOMODCACHE)" && \
	pre-commit run --all-files --verbose && \
	find "$$dir/home" -path '*/bin/conngen' -exec {} version \; | grep "^commit $$(git -C "$$dir/conngen" rev-parse HEAD) " && \
	sed -i.old 's/"std:account:delete",//' connector-spec.json && git add connector-spec.json && \
	if pre-commit run conngen-check --all-files; then echo "the hooks have not seen the change"; exit 1; fi

# check the JSON Schemas with a second validator, which needs node and its packages
ajv:
	@if ! command -v npx >/dev/null; then echo "ajv is skipped: there is no node"; exit 0; fi; \
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	go run ./cmd/conngen schema >"$$dir/spec.schema.json" && go run ./cmd/conngen schema --settings >"$$dir/settings.schema.json" && \
	npx --yes ajv-cli@5.0.0 validate --spec=draft7 --strict=false -s "$$dir/spec.schema.json" -d 'golden/**/connector-spec.json' -d 'examples/**/connector-spec.json' && \
	npx --yes ajv-cli@5.0.0 validate --spec=draft7 -s "$$dir/settings.schema.json" -d settings/testdata/complete.json

# known vulnerabilities in the command's code and dependencies
vuln:
	$(TOOL) govulncheck ./...

# remove build output
clean:
	rm -rf bin man completions dist
