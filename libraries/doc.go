// Package libraries tries other people's libraries in connectors: in a server, in a
// bundle for WebAssembly and in one that forwards. It keeps the table of package bundle
// and docs/libraries.md true. It is a module of its own, so that users of conngen never
// download what it tries.
package libraries
