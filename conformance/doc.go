// Package conformance compares connectors made with this module with the same
// connectors on the original SDK: both get the same requests, and their answers must be
// the same except for a table of differences. make conformance runs it, with node and
// npm.
//
// index.js is the connector on the original SDK, and library the one on the packages generated from
// the specs in simple and compound. Both serve the same data. The latter runs as a server, and as a
// bundle in the original's own dev server: with the program in it, and forwarding to a service.
//
// The original is the release that npm installs. It lacks the commands for agents, machine
// identities, resources and shared signals, so these are not compared. npm also installs the tools
// that check the JavaScript of this module.
//
// CONFORMANCE_SDK names the package folder of another version, with its dependencies installed.
// Commands that it lacks are skipped by name; table entries that it does not show are only logged.
package conformance
