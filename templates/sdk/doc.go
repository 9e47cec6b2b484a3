// Package sdk makes SaaS connectors for SailPoint Identity Security Cloud (ISC) in Go, on
// the standard library alone. It speaks the protocol of the official TypeScript SDK:
// commands come in as JSON, answers go out as newline-delimited JSON, one line per output.
//
// An author implements the Client of the generated package, whose New returns a
// [Connector]. What depends on a connector's spec is generated; what does not is here:
//
//   - Inputs and outputs of commands, such as [AccountListInput], [Key] and [Result]. A
//     [Stream] sends many outputs, a whole sequence with [Stream.SendAll], and its [Writer]
//     state, keep-alives and config patches. [MapAll] and [Mapped] make outputs of what the
//     source has, and [MapCalls] those that take a call each.
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
//   - [Call] runs a command in a test, and [Outputs] one with more outputs than memory
//     should hold. [Connector.SelfTest] checks that a connector does what the protocol and
//     its spec say.
//
// The package sdk/rest calls the source's API: it authenticates, retries, keeps to limits and
// reads pages as sequences. The package sdk/sdktest records what a source answers and plays
// it back in tests.
//
// # What outlives a command
//
// Each command gets a client of its own, made from the config that comes with the command and
// closed after it. What is to be there for the next command lives elsewhere:
//
//   - Tokens, limits and connections are kept by sdk/rest itself, for the process. The
//     client of a command makes a new rest.Client, which costs little, and shares them.
//   - Lookups, such as the names of groups, belong in a [Cache], which is a variable of the
//     author's package.
//   - What the next run of a stateful list begins with is saved by [Writer.SaveState], and
//     comes back in the State of its input.
//   - What must survive the process, such as a refresh token that the source replaces, is
//     written into the source's config by [PatchConfig]. The next command finds it in its
//     Config, where the spec has an item for it, else in Config's Extra.
//
// ISC may end the process between any two commands, and run several at once: what is in
// memory saves work and is never the only copy.
//
// # For generated code
//
// Names whose comment says that they are for generated code are of no use to authors. So
// are the packages sdk/config and sdk/memory; sdk/filter reads the filters of
// aggregations, and sdk/selftest has the types of the self test.
package sdk
