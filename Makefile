# Every target is a command that CONTRIBUTING.md explains; none needs make.

PKG ?= ./importer
FUZZPKG ?= ./formats/csv
FUZZ ?= FuzzRead
FUZZTIME ?= 1m

.DEFAULT_GOAL := help
.PHONY: help build test short long race fuzz bench cover update lint fmt api vuln sums ci

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'make bench PKG=./formats/xlsx'
	@echo 'make fuzz FUZZPKG=./formats/xlsx FUZZ=FuzzOpen FUZZTIME=10m'

build: ## compile everything
	go build work

test: ## every test of the three modules
	go test work

short: ## the same with fewer repetitions, while you work
	go test -short work

long: ## the same with long draws, after a change to the engine or to a store
	USHER_LONG=1 go test -timeout 2h work

race: ## the tests in which goroutines meet, with the race detector
	go test -race -short ./users ./users/memstore ./users/sqlstore ./users/storetest
	go test -race -short ./importer -rapid.checks=25

fuzz: ## one fuzz target for FUZZTIME
	go test $(FUZZPKG) -run '^$$' -fuzz '^$(FUZZ)$$' -fuzztime $(FUZZTIME)

bench: ## the benchmarks of PKG
	go test $(PKG) -run '^$$' -bench . -benchmem

cover: ## which lines the short tests reach; go tool cover -html=cover.out shows them
	go test -short -coverpkg=./... -coverprofile=cover.out ./...
	go tool cover -func=cover.out

update: ## rewrite golden files; read the difference before you commit it
	go test ./importer/messages -update
	go test ./importer -run TestStories -update

lint: ## golangci-lint, with the rules of .golangci.yml
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./... ./examples/... ./internal/integration/...

fmt: ## format every Go file
	gofmt -w .

api: ## the exported API compared with the last tag, and the changelog
	.ci/api

vuln: ## known vulnerabilities in code that we call
	.ci/vulns

sums: ## add missing checksums to go.work.sum
	.ci/sums

ci: ## everything that CI runs, in up to 40 minutes
	.ci/run
