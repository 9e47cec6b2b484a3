// Package libraries tests third-party libraries in connectors: in a server, in a bundle for
// WebAssembly and in one that forwards. It checks the table in package bundle and
// docs/libraries.md. It is a separate module, so users of conngen never download the
// libraries.
package libraries
