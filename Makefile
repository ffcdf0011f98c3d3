# Everything here needs Go alone. `make` lists the targets.

GO ?= go
# The scenario of cluster-up, and the folder of its cluster.
SCENARIO ?= demo
CLUSTER_DIR ?= .cluster/default
DEMO_DIR := .cluster/demo
# More arguments for go test, such as TESTFLAGS='-run Oom -v'.
TESTFLAGS ?=
FUZZTIME ?= 60s
# How many pods bench-cluster makes, and more arguments, such as -repeat 5.
SIZE ?= 10000
BENCHFLAGS ?=

# As hack/cluster/build builds, so that its tests do not compile a control plane
# of their own; vetting it would mean vetting all of Kubernetes.
CLUSTER_GO := CGO_ENABLED=0 $(GO)
CLUSTER_FLAGS := -trimpath -buildvcs=false -vet=off

PATTERNS := $(CURDIR)/bin/kubectl-patterns
CLUSTER := $(CURDIR)/bin/cluster
PROMETHEUS := $(CURDIR)/bin/prometheus
LINTER := $(CURDIR)/bin/golangci-lint
ACTIONLINT := $(CURDIR)/bin/actionlint
CYCLONEDX := $(CURDIR)/bin/cyclonedx-gomod

# Binaries carry the commit that they were built from, where git will tell it.
STAMP := $(shell git rev-parse HEAD >/dev/null 2>&1 || echo -buildvcs=false)

.DEFAULT_GOAL := help
.PHONY: help build install cluster prometheus test test-hard lint verify licenses vulncheck sbom update docs cover bench bench-cluster kubectl fuzz score score-full record dist screenshots \
	demo demo-down cluster-up cluster-down clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the plugin: bin/kubectl-patterns
	CGO_ENABLED=0 $(GO) build $(STAMP) -trimpath -o $(PATTERNS) ./cmd/kubectl-patterns

install: ## Install the plugin into Go's bin folder
	CGO_ENABLED=0 $(GO) install $(STAMP) -trimpath ./cmd/kubectl-patterns

cluster: ## Build the local control plane: bin/cluster (minutes at first, then seconds)
	hack/cluster/build $(CLUSTER)

kubectl: ## Build the kubectl of the local control plane's version: bin/kubectl
	hack/cluster/build $(CURDIR)/bin/kubectl k8s.io/kubernetes/cmd/kubectl

prometheus: ## Build the Prometheus of the tests: bin/prometheus and bin/promtool (minutes at first)
	hack/prometheus/build $(CURDIR)/bin

# With the flags of the build, so that nothing is compiled twice. Never from the
# cache of test results: what the tests run are programs and a
# tree, whose changes go does not see. The tests of --prometheus are skipped, and
# say so, unless `make prometheus` was run before.
test: build cluster ## Run all tests, those against a real control plane included
	@echo "Testing the plugin"; failed=; \
	KUBECTL_PATTERNS_BIN=$(PATTERNS) KUBECTL_PATTERNS_CLUSTER=$(CLUSTER) SYNTHETIC_SEEDS=300 \
	KUBECTL_PATTERNS_PROMETHEUS=$(wildcard $(PROMETHEUS)) \
		CGO_ENABLED=0 $(GO) test $(STAMP) -trimpath -count=1 -timeout 20m $(TESTFLAGS) ./... || failed="$$failed plugin"; \
	echo "Testing the local control plane (hack/cluster)"; \
	(cd hack/cluster && $(CLUSTER_GO) test -count=1 -timeout 20m $(CLUSTER_FLAGS) $(TESTFLAGS) ./...) || failed="$$failed hack/cluster"; \
	if [ -n "$$failed" ]; then echo "TESTS FAILED:$$failed"; exit 1; fi; \
	echo "ALL TESTS PASSED"

# The long forms are more rows of the tables that `make test` runs in short, more
# turns of the same, and the race detector, which needs a C compiler.
test-hard: build cluster ## Run the long forms of tests: every fault at every list, an hour's churn, races (two hours)
	KUBECTL_PATTERNS_BIN=$(PATTERNS) KUBECTL_PATTERNS_CLUSTER=$(CLUSTER) KUBECTL_PATTERNS_HARD=1 \
		CGO_ENABLED=0 $(GO) test $(STAMP) -trimpath -count=1 -timeout 3h -v -run 'TestHardConditions|TestRecorderUnderChurn|TestSameBytes|TestEnormousInput|TestDamagedClusters' $(TESTFLAGS) \
		./hack/integration ./pkg/collect ./pkg/cmd ./hack/score
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 2h -short ./cmd/... ./pkg/...
	CGO_ENABLED=1 $(GO) build -race $(STAMP) -trimpath -o $(PATTERNS)-race ./cmd/kubectl-patterns
	KUBECTL_PATTERNS_BIN=$(PATTERNS)-race KUBECTL_PATTERNS_CLUSTER=$(CLUSTER) \
		CGO_ENABLED=0 $(GO) test $(STAMP) -trimpath -count=1 -timeout 1h -run 'TestDemo|TestHardConditions|TestRecord|TestReadOnly' ./hack/integration

lint: $(LINTER) ## Run the linters (builds them at first, which takes minutes)
	$(LINTER) run ./...

# The linter's version is pinned in a module of its own.
$(LINTER): hack/tools/go.mod hack/tools/go.sum
	$(GO) build -C hack/tools -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

verify: $(ACTIONLINT) ## Check that formatting, modules and generated pages are up to date; changes nothing
	@unformatted=$$(find . -name '*.go' -not -path './.*' -not -path '*/testdata/*' -exec gofmt -l {} +); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w would change:" $$unformatted; exit 1; fi
	$(GO) vet ./...
	$(GO) mod tidy -diff
	cd hack/cluster && $(GO) mod tidy -diff
	$(GO) run ./hack/licenses -check
	$(ACTIONLINT) -shellcheck= -pyflakes=
	$(GO) run ./hack/docs -check
	$(GO) run ./hack/score -check

licenses: ## Write THIRD_PARTY_LICENSES: the licences of all that the plugin is built from
	$(GO) run ./hack/licenses

# What releases are checked with has versions pinned in a module of its own too.
$(ACTIONLINT): hack/tools/release/go.mod hack/tools/release/go.sum
	$(GO) build -C hack/tools/release -o $@ github.com/rhysd/actionlint/cmd/actionlint

$(CYCLONEDX): hack/tools/release/go.mod hack/tools/release/go.sum
	$(GO) build -C hack/tools/release -o $@ github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

vulncheck: ## Look for known vulnerabilities that the plugin reaches (govulncheck)
	$(GO) build -C hack/tools/release -o $(CURDIR)/bin/ golang.org/x/vuln/cmd/govulncheck golang.org/x/vulndb/cmd/indexdb
	hack/tools/release/vulncheck $(CURDIR)/bin

sbom: build $(CYCLONEDX) ## List what the plugin is built from, as CycloneDX: bin/kubectl-patterns.cdx.json
	$(CYCLONEDX) bin -json -notimestamp -noserial -output $(PATTERNS).cdx.json $(PATTERNS)

docs: ## Write the generated pages: docs/commands, docs/detectors and their indexes
	$(GO) run ./hack/docs

update: ## Rewrite the expected outputs of tests (goldens); read the diff before committing
	@dirs=$$(grep -rlE --include='*_test.go' 'flag\.Bool\("update"' pkg hack/integration | xargs -r -n 1 dirname | sort -u); \
	if [ -z "$$dirs" ]; then echo "No test has an -update flag."; exit 0; fi; \
	$(GO) test -count=1 $$(printf './%s ' $$dirs) -update

cover: ## Measure which statements the tests of pkg reach: bin/cover.out
	@mkdir -p bin
	$(GO) test -count=1 -coverpkg=./pkg/... -coverprofile=bin/cover.out ./pkg/...
	@$(GO) tool cover -func=bin/cover.out | tail -n 1
	@echo "Line by line: go tool cover -html=bin/cover.out"

bench: ## Run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./pkg/...

bench-cluster: build cluster kubectl ## Compare with kubectl on a real API server with SIZE pods (10000); KEEP=folder uses a cluster that is up
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/bench ./hack/bench
	bin/bench -size $(SIZE) -cluster "$(KEEP)" $(BENCHFLAGS)

# Making interesting inputs smaller takes most of the time else.
fuzz: ## Run every fuzz test for a minute (FUZZTIME, 60s)
	@grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' pkg | sort | while IFS=: read -r file name; do \
		name=$${name#func }; dir=$$(dirname "$$file"); echo "$$name in $$dir"; \
		$(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "./$$dir" || exit 1; \
	done

score: ## Judge recorded and synthetic incidents: precision, recall; writes docs/scoreboard.md
	$(GO) run ./hack/score

score-full: ## Look for false claims in 3,000 null clusters of each size (half an hour)
	SYNTHETIC_SEEDS=3000 $(GO) test -count=1 -timeout 4h -v -run Null ./pkg/correlate/synthetic/

record: cluster ## Record the incidents of the scoreboard anew (an hour)
	$(GO) run ./hack/record

dist: ## Build and check the archives of a release and their krew manifest: dist/
	$(GO) run ./hack/dist

screenshots: ## Make the pictures of README.md (needs Chromium): docs/img
	$(GO) run ./hack/screenshots

demo: build cluster ## Show the plugin on a local cluster in which three incidents happen at once
	@hack/demo bin/cluster bin/kubectl-patterns $(DEMO_DIR)

demo-down: cluster ## End the demo cluster
	@$(CLUSTER) down --dir $(DEMO_DIR)

cluster-up: cluster ## Start a local cluster and play a scenario (SCENARIO, demo)
	$(CLUSTER) up --scenario $(SCENARIO) --dir $(CLUSTER_DIR)

cluster-down: cluster ## End the cluster that cluster-up started
	@$(CLUSTER) down --dir $(CLUSTER_DIR)

clean: ## Remove what was built
	rm -rf bin dist
