// Command peers measures conngen and the connectors it generates against alternatives, in one run,
// and prints a Markdown table: conngen's figure, the other's, and the first divided by the second.
// It draws no conclusions.
//
//	go run ./peers                              # all of it, a quarter of an hour
//	go run ./peers -only generate,check         # some of its groups
//	go run ./peers -write                       # also put the table into docs/performance.md
//
// The others are go-jsonschema and oapi-codegen, at the versions in tools.mod, a connector on the
// original SDK, which npm installs in conformance, and the program in handwritten. Anything that
// cannot run here is skipped with a line.
//
// Programs take turns, after a run that does not count, and the medians are printed. Programs,
// inputs and projects are in a temporary folder that is removed. Everything is measured from
// outside, as the system's accounting of a finished process, so it runs on Unix only.
package main
