// Package sdk is a SaaS connector SDK for SailPoint Identity Security Cloud
// (ISC) in Go, on the standard library alone. It speaks the protocol of the
// official TypeScript SDK: commands come in as JSON, answers go out as
// newline-delimited JSON, one line per output.
//
// Code that conngen generates carries a copy of this package under the
// generated package's own name, or imports it when it was made with --sdk.
// What depends on a connector's spec is generated; what does not is here:
//
//   - [Registry] dispatches commands to the methods of a client and is an
//     [net/http.Handler]; [Registry.Main] is the program around it.
//   - [Unary], [Streaming], [Partitioned], [Action] and [ByType] turn client
//     methods into handlers, [Before] and [After] add hooks to them.
//   - [Writer] and [Stream] send a command's lines.
//   - [Binder] carries typed attributes to and from JSON; [ConfigBinder] reads
//     the source's config.
//   - [Registry.SelfTest] checks that a connector does what the protocol and its
//     spec say; [Call] runs a command in a test.
//   - [Table] and [Samples] make the in-memory client with which a new project
//     starts.
package sdk
