# The checkers come from tools/go.mod, a module of their own, so that users of
# conngen never download them.

TOOL     := go tool -modfile=tools/go.mod
FUZZTIME ?= 30s

.PHONY: build test lint golden fuzz bench vuln clean

# build the command into bin/
build:
	go build -trimpath -o bin/conngen ./cmd/conngen

# everything that must pass before a change is merged
test: lint
	go test -race ./...

# formatting, go vet and staticcheck; gofumpt looks at generated files only when they are named
lint:
	@files=$$($(TOOL) gofumpt -l . $$(find golden -name '*.go')) && test -z "$$files" || \
		{ echo "not formatted with gofumpt:"; echo "$$files"; exit 1; }
	go vet ./...
	$(TOOL) staticcheck ./...

# rewrite the golden packages from their specs
golden:
	go test ./generator -update

# each fuzz target in turn, for FUZZTIME
fuzz:
	@for pkg in $$(go list ./schema/... ./generator/... ./templates/sdk/...); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg || exit 1; \
		done; \
	done

# the benchmarks of all hand-written packages
bench:
	go test -run '^$$' -bench . -benchmem ./schema/... ./generator/... ./templates/sdk/...

# known vulnerabilities in what the command is built from
vuln:
	$(TOOL) govulncheck ./...

# remove what build made
clean:
	rm -rf bin
