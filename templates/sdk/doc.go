// Package sdk makes SaaS connectors for SailPoint Identity Security Cloud (ISC) in Go, on
// the standard library alone. It speaks the protocol of the official TypeScript SDK:
// commands come in as JSON, answers go out as newline-delimited JSON, one line per output.
//
// An author implements the Client of the generated package, whose New returns a
// [Connector]. What depends on a connector's spec is generated; what does not is here:
//
//   - Inputs and outputs of commands, such as [AccountListInput], [Key] and [Result]. A
//     [Stream] sends many outputs, and its [Writer] state, keep-alives and config patches.
//   - An [AccountUpdateInput] has typed changes: a [Change] or [ListChange] for each
//     attribute. Its Apply carries them all out, and [Unhandled] is the error for those that a
//     client does not handle.
//   - [NotFound] and [Errorf] make errors that mean something to ISC, [IsNotFound]
//     recognizes one, and a [ConfigError] lists what is wrong with a config. [Lenient]
//     keeps sources working that were made with an older spec.
//   - [Logger] and [Info] tell a command about itself. A [Secret] or [SecretJSON] is never
//     printed.
//   - [ListPartitions] and [Partitioned] list large sources concurrently, and
//     [DecodeState] reads what [Writer.SaveState] saved.
//   - [Before] and [After] add hooks to a [Method], [Connector.Use] adds middleware, and
//     [WithHandler] answers a command that the spec does not list.
//   - [Call] runs a command in a test, and [Connector.SelfTest] checks that a connector
//     does what the protocol and its spec say.
//
// Names whose comment says that they are for generated code are of no use to authors. So
// are the packages sdk/config and sdk/memory; sdk/filter reads the filters of
// aggregations, and sdk/selftest has the types of the self test.
package sdk
